// The progress of a look, as the server tells it; without it the page is loaded again.
(() => {
  const at = document.getElementById("portal-progress");
  if (!at || !window.EventSource) return;
  const events = new EventSource(at.dataset.events);
  events.onmessage = (e) => { at.textContent = e.data; };
  window.addEventListener("pagehide", () => events.close());
})();
