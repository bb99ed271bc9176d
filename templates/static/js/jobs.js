// The queue as it changes; without it the page is loaded again.
(() => {
  const at = document.getElementById("jobs");
  if (!at || !window.EventSource) return;
  const events = new EventSource(at.dataset.events);
  let first = true;
  events.onmessage = async () => {
    if (first) { first = false; return; } // as the page came
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("jobs");
    if (!now) return;
    const focus = at.contains(document.activeElement) ? document.activeElement.id : "";
    at.replaceChildren(...now.childNodes);
    if (focus) document.getElementById(focus)?.focus();
  };
  window.addEventListener("pagehide", () => events.close());
})();
