// The text input for messages and commands: grows with the text, lists suggestions, and sends on Enter.
// The server computes the suggestions; selecting and accepting one happens here, without a round trip.
export default {
  template: `
    <div class="composer">
      <ul v-if="open" class="hints" role="listbox" :id="listId" aria-label="What could be meant">
        <li v-for="(suggestion, i) in list" :key="suggestion.label" :id="listId + '-' + i" class="hint" role="option"
            :aria-selected="i === active ? 'true' : 'false'"
            @mousedown.prevent="accept(i)" @mousemove="active = i">
          <span class="hint-name">{{ suggestion.label }}</span>
          <span class="hint-help">{{ suggestion.help }}</span>
        </li>
      </ul>
      <div class="composer-box">
        <textarea ref="box" :id="inputId || null" class="composer-text" rows="1" v-model="draft" maxlength="200000" spellcheck="true"
          role="combobox" aria-autocomplete="list" aria-haspopup="listbox"
          :aria-expanded="open ? 'true' : 'false'" :aria-controls="open ? listId : null"
          :aria-activedescendant="open ? listId + '-' + active : null"
          :aria-label="label" :placeholder="placeholder"
          @input="changed" @keydown="key" @blur="closed = true" @focus="closed = false"></textarea>
        <button type="button" class="composer-send" aria-label="Send" title="Send" :disabled="!draft.trim()" @click="send">
          <span class="icon icon-send" aria-hidden="true"></span>
        </button>
      </div>
    </div>`,
  props: {
    suggestions: { type: Object, default: () => ({ draft: "", entries: [] }) },
    label: { type: String, default: "Write" },
    placeholder: { type: String, default: "" },
    draftKey: { type: String, default: "" },
    inputId: { type: String, default: "" },
  },
  data() {
    return { draft: "", active: 0, closed: false, drafts: {} };
  },
  computed: {
    list() {
      return this.suggestions.draft === this.draft ? this.suggestions.entries : [];
    },
    open() {
      return !this.closed && this.draft !== "" && this.list.length > 0;
    },
    listId() {
      return this.$attrs.id + "-hints";
    },
  },
  watch: {
    suggestions() {
      this.active = 0;
    },
    draftKey(now, before) {
      this.drafts[before] = this.draft;
      this.draft = this.drafts[now] || "";
      this.$nextTick(this.grow);
    },
  },
  methods: {
    changed() {
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
      } else if (event.key === "Enter" && !event.shiftKey && this.list[this.active].completed.trim() === this.draft.trim()) {
        this.send();
      } else if ((event.key === "Enter" && !event.shiftKey) || (event.key === "Tab" && !event.shiftKey)) {
        this.accept(this.active);
      } else if (event.key === "Escape") {
        this.closed = true;
      } else {
        return false;
      }
      return true;
    },
    accept(i) {
      this.draft = this.list[i].completed;
      this.$nextTick(() => {
        const box = this.$refs.box;
        box.focus();
        box.setSelectionRange(this.draft.length, this.draft.length);
        this.changed();
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
