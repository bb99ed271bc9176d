// Review by keyboard: a single key does what the button that shows it does. Keys that
// arrive while a page is left are not lost: they wait for the next one.
(() => {
  const typing = (node) => node instanceof HTMLInputElement && node.type !== "hidden" || node instanceof HTMLTextAreaElement || node instanceof HTMLSelectElement;
  let gone = false;

  const press = (key) => {
    const hit = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!hit) return false;
    if (hit instanceof HTMLInputElement) {
      hit.focus();
      hit.select();
    } else {
      hit.click();
    }
    return true;
  };

  const keep = (key) => {
    try { sessionStorage.setItem("review-keys", (sessionStorage.getItem("review-keys") || "") + key); } catch { /* then it is lost */ }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) {
      event.target.blur();
      return;
    }
    if (typing(event.target) && !gone) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (gone) {
      if (key.length === 1) keep(key);
      event.preventDefault();
      return;
    }
    if ((key.length === 1 || key === "Enter" && !(event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement)) && press(key)) {
      event.preventDefault();
    }
  });
  document.addEventListener("submit", () => { gone = true; });
  addEventListener("pageshow", () => { gone = false; });

  const paper = document.querySelector(".review-paper"), hit = document.getElementById("hit");
  const picture = document.getElementById("sight");
  if (!picture) hit?.scrollIntoView({ block: "center", inline: "nearest" });
  if (paper) scrollTo(0, 0); // the marked place is in sight within its own pane
  let waiting = "";
  try {
    waiting = sessionStorage.getItem("review-keys") || "";
    sessionStorage.removeItem("review-keys");
  } catch { /* none were kept */ }
  for (const key of waiting) {
    const at = document.activeElement;
    if (typing(at)) at.value = at.selectionEnd - at.selectionStart === at.value.length ? key : at.value + key;
    else press(key);
    if (gone) break;
  }
})();
