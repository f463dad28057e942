// What only the browser can do for pages of the kit: light and dark, and the focus in forms.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const applyTheme = () => {
    const chosen = localStorage.getItem("tertulia-theme");
    const on = chosen ? chosen === "dark" : dark.matches;
    document.documentElement.dataset.theme = on ? "dark" : "light";
    document.getElementById("nicegui-color-scheme")?.setAttribute("content", on ? "dark" : "light");
    window.Quasar?.Dark?.set?.(on);
  };

  const focus = (form, selector) => setTimeout(() => document.querySelector(`#${form} ${selector}`)?.focus(), 80);

  window.tertulia = {
    theme() {
      const now = document.documentElement.dataset.theme;
      localStorage.setItem("tertulia-theme", now === "dark" ? "light" : "dark");
      applyTheme();
    },
    focusFirst(form) {
      focus(form, ".dialog-body :is(input, textarea):not([type=hidden])");
    },
    focusError(form) {
      focus(form, ".has-error :is(input, textarea, [role=radio])");
    },
  };

  applyTheme();
  dark.addEventListener("change", applyTheme);
  document.addEventListener("DOMContentLoaded", () => setTimeout(applyTheme, 300));
})();
