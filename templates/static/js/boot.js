// Runs before the first paint: marks that scripts run, and takes over the reader's
// choice of light or dark, so that nothing flashes.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  } catch { /* storage may be forbidden; the system's choice holds */ }
})();
