import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embeddedJson, html } from "./html.ts";

const attack = `</script><img src=x onerror=alert(1)>"'&`;

describe("html", () => {
  it("escapes what is put into a text", () => {
    expect(html`<p>${attack}</p>`.markup).toBe(
      "<p>&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;</p>",
    );
  });

  it("keeps a value within its attribute", () => {
    expect(html`<p title="${`" onclick="x`}">`.markup).toBe('<p title="&quot; onclick=&quot;x">');
  });

  it("takes markup as it is, and lists of it in turn", () => {
    expect(html`<ul>${["a", "<b>"].map((item) => html`<li>${item}</li>`)}</ul>`.markup).toBe(
      "<ul><li>a</li><li>&lt;b&gt;</li></ul>",
    );
  });

  it("writes nothing for what is absent, and zero for zero", () => {
    expect(html`[${undefined}${false}${0}]`.markup).toBe("[0]");
  });

  it("lets no text end or open an element, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { markup } = html`<p>${text}</p>`;
        expect(markup.slice(3, -4)).not.toMatch(/[<>"']/);
      }),
    );
  });
});

describe("embeddedJson()", () => {
  it("holds no tag, whatever the data holds, and still reads back as it was", () => {
    const { markup } = embeddedJson("data", JSON.stringify({ [attack]: attack, comment: "<!--" }));
    const content = markup.slice(markup.indexOf(">") + 1, markup.lastIndexOf("</script>"));
    expect(content).not.toContain("<");
    expect(JSON.parse(content)).toEqual({ [attack]: attack, comment: "<!--" });
  });
});
