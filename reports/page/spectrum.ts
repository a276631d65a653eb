import { type Spectrum, type SpectrumPicture, spectrumAt, spectrumChart } from "../charts/spectrum.ts";
import { formatMicros } from "../numbers.ts";
import { append, onResize } from "./dom.ts";

/** Percentile spectrum at the page's width, with the values of all curves at the pointer. */
export function mountSpectrum(spectra: readonly Spectrum[]): void {
  const host = document.querySelector<HTMLElement>("[data-plot=spectrum]");
  if (host === null) return;
  const area = document.createElement("div");
  host.replaceChildren(area);
  const line = append(host, "div", "cursor-line");
  const values = document.createElement("p");
  values.className = "readout";
  values.setAttribute("role", "status");
  host.after(values);
  let picture: SpectrumPicture | undefined;
  onResize(host, (width) => {
    picture = spectrumChart(spectra, width);
    area.innerHTML = picture.svg.markup;
  });
  let nines = 2;
  const show = (at: number) => {
    if (picture === undefined) return;
    nines = Math.min(Math.max(0, at), Math.max(0, ...picture.x.ticks.map(({ value }) => value)) + 0.3);
    line.style.left = `${picture.x(nines)}px`;
    values.textContent = `${percentileName(nines)}: ${spectra
      .flatMap((spectrum) => {
        const micros = spectrumAt(spectrum, nines);
        return micros === undefined ? [] : [`${spectrum.f} ${spectrum.measure} ${formatMicros(micros)}`];
      })
      .join(" · ")}`;
  };
  host.addEventListener("pointermove", (event) => {
    if (picture) show(picture.x.invert(event.clientX - host.getBoundingClientRect().left));
  });
  host.tabIndex = 0;
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", "Percentile spectrum; arrows move to the next percentile");
  host.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowLeft" || key === "ArrowRight") show(nines + (key === "ArrowLeft" ? -0.1 : 0.1));
  });
  show(nines);
}

/** `99.9%`, with as many decimals as its nines need. */
function percentileName(nines: number): string {
  const percentile = (1 - 10 ** -nines) * 100;
  return `${percentile.toFixed(Math.max(0, Math.min(6, Math.ceil(nines) - 1)))}%`;
}
