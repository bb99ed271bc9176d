// The progress of a look, as the server tells it, and the page as it is once the look has
// ended; without it the page is loaded again. What somebody is typing stays.
(() => {
  const at = document.getElementById("portal-progress");
  if (!at || !window.EventSource) return;
  const events = new EventSource(at.dataset.events);
  // What was said of the button that was pressed holds until the look goes on.
  const moved = () => {
    document.querySelector(".said")?.remove();
    history.replaceState(null, "", location.pathname + location.hash);
  };
  let told;
  events.onmessage = (e) => {
    if (told !== undefined && told !== e.data) moved();
    told = at.textContent = e.data;
  };
  events.addEventListener("done", async (e) => {
    if (e.data !== "true" && !("working" in at.dataset)) return;
    delete at.dataset.working;
    moved();
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (!answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-now]")) {
      const other = now.getElementById(part.id);
      if (other) part.replaceChildren(...other.childNodes);
    }
  });
  window.addEventListener("pagehide", () => events.close());
})();
