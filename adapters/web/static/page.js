// What only a browser can do for the page: light and dark, the drawer on a phone, the address, the focus.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 860px)");

  const show = () => {
    const chosen = localStorage.getItem("tertulia-theme");
    const on = chosen ? chosen === "dark" : dark.matches;
    document.documentElement.dataset.theme = on ? "dark" : "light";
    document.getElementById("nicegui-color-scheme")?.setAttribute("content", on ? "dark" : "light");
    window.Quasar?.Dark?.set?.(on);
  };

  const drawer = (open) => {
    const rail = document.getElementById("rail");
    if (!rail) return;
    const was = document.body.classList.contains("has-drawer");
    document.body.classList.toggle("has-drawer", open);
    rail.inert = narrow.matches && !open;
    if (open) (rail.querySelector("[aria-current]") || rail.querySelector("button")).focus();
    else if (was) document.querySelector(".top-menu")?.focus();
  };

  window.tertulia = {
    theme() {
      const now = document.documentElement.dataset.theme;
      localStorage.setItem("tertulia-theme", now === "dark" ? "light" : "dark");
      show();
    },
    drawer,
    looked(query, thread) {
      const kept = new URLSearchParams(query);
      history.replaceState(null, "", "?" + kept);
      const was = document.body.classList.contains("has-thread");
      document.body.classList.toggle("has-thread", thread);
      if (thread) setTimeout(() => document.querySelector(".thread textarea")?.focus(), 50);
      else if (was) document.querySelector(".talk textarea")?.focus();
    },
    focusFirst(form) {
      setTimeout(() => document.querySelector(`#${form} .dialog-body :is(input, textarea):not([type=hidden])`)?.focus(), 80);
    },
    focusError(form) {
      setTimeout(() => document.querySelector(`#${form} .has-error :is(input, textarea, [role=radio])`)?.focus(), 80);
    },
  };

  show();
  dark.addEventListener("change", show);
  narrow.addEventListener("change", () => drawer(false));
  document.addEventListener("DOMContentLoaded", () => setTimeout(show, 300));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.body.classList.contains("has-drawer")) drawer(false);
  });
})();
