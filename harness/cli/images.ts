import { buildImages } from "../runtimes/docker/build-images.ts";
import type { Output } from "./output.ts";

/** `assay images build`: builds images and prints their names. */
export async function images(systems: readonly string[], output: Output): Promise<void> {
  const built = await buildImages({ systems, log: (line) => output.note(line) });
  for (const image of built) output.print(image);
  output.result({ images: built });
}
