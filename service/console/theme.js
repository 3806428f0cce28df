/** Runs before the page is painted: a chosen theme must not flash in after the system's. */
document.documentElement.dataset.theme = localStorage.getItem("liveness.theme") ?? "auto";
