// The box in which one writes: grows with the text, lists what could be meant, and sends with Enter.
// The list is the server's (`hints`); moving in it and taking from it happen here, without a round trip.
export default {
  template: `
    <div class="composer">
      <ul v-if="open" class="hints" role="listbox" :id="listId" aria-label="What could be meant">
        <li v-for="(hint, i) in list" :key="hint.label" :id="listId + '-' + i" class="hint" role="option"
            :aria-selected="i === active ? 'true' : 'false'"
            @mousedown.prevent="take(i)" @mousemove="active = i">
          <span class="hint-name">{{ hint.label }}</span>
          <span class="hint-help">{{ hint.help }}</span>
        </li>
      </ul>
      <div class="composer-box">
        <textarea ref="box" :id="anchor || null" class="composer-text" rows="1" v-model="draft" maxlength="200000" spellcheck="true"
          role="combobox" aria-autocomplete="list" aria-haspopup="listbox"
          :aria-expanded="open ? 'true' : 'false'" :aria-controls="open ? listId : null"
          :aria-activedescendant="open ? listId + '-' + active : null"
          :aria-label="label" :placeholder="placeholder"
          @input="typed" @keydown="key" @blur="closed = true" @focus="closed = false"></textarea>
        <button type="button" class="composer-send" aria-label="Send" title="Send" :disabled="!draft.trim()" @click="send">
          <span class="icon icon-send" aria-hidden="true"></span>
        </button>
      </div>
    </div>`,
  props: {
    hints: { type: Object, default: () => ({ of: "", list: [] }) },
    label: { type: String, default: "Write" },
    placeholder: { type: String, default: "" },
    where: { type: String, default: "" },
    anchor: { type: String, default: "" },
  },
  data() {
    return { draft: "", active: 0, closed: false, drafts: {} };
  },
  computed: {
    list() {
      return this.hints.of === this.draft ? this.hints.list : [];
    },
    open() {
      return !this.closed && this.draft !== "" && this.list.length > 0;
    },
    listId() {
      return this.$attrs.id + "-hints";
    },
  },
  watch: {
    hints() {
      this.active = 0;
    },
    where(now, before) {
      this.drafts[before] = this.draft;
      this.draft = this.drafts[now] || "";
      this.$nextTick(this.grow);
    },
  },
  methods: {
    typed() {
      this.closed = false;
      this.grow();
      this.$emit("draft", this.draft);
    },
    key(event) {
      if (event.isComposing) return;
      if (this.open && this.inList(event)) {
        event.preventDefault();
        event.stopPropagation();
      } else if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        this.send();
      }
    },
    inList(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        this.active = (this.active + step + this.list.length) % this.list.length;
        this.$nextTick(() => document.getElementById(this.listId + "-" + this.active)?.scrollIntoView({ block: "nearest" }));
      } else if (event.key === "Enter" && !event.shiftKey && this.list[this.active].insert.trim() === this.draft.trim()) {
        this.send();
      } else if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && !event.shiftKey)) {
        this.take(this.active);
      } else if (event.key === "Escape") {
        this.closed = true;
      } else {
        return false;
      }
      return true;
    },
    take(i) {
      this.draft = this.list[i].insert;
      this.$nextTick(() => {
        const box = this.$refs.box;
        box.focus();
        box.setSelectionRange(this.draft.length, this.draft.length);
        this.typed();
      });
    },
    send() {
      const text = this.draft;
      if (!text.trim()) return;
      this.draft = "";
      this.$nextTick(this.grow);
      this.$refs.box.focus();
      this.$emit("send", text);
    },
    grow() {
      const box = this.$refs.box;
      if (!box) return;
      box.style.height = "auto";
      box.style.height = Math.min(box.scrollHeight, 220) + "px";
    },
    focus() {
      this.$refs.box.focus();
    },
  },
};
