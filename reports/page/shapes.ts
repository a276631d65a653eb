export type Shape = "speck" | "circle" | "square" | "diamond" | "bar" | "cross" | "triangle";

/** Draws a shape of `size` pixels around a point, in the context's colours. */
export function drawShape(
  context: CanvasRenderingContext2D,
  shape: Shape,
  x: number,
  y: number,
  size: number,
): void {
  const half = size / 2;
  switch (shape) {
    case "speck":
    case "square":
      context.fillRect(x - half, y - half, size, size);
      return;
    case "bar":
      context.fillRect(x - half, y - half / 2, size, half);
      return;
    case "circle":
      context.beginPath();
      context.arc(x, y, half, 0, 2 * Math.PI);
      context.fill();
      return;
    case "diamond":
      polygon(context, [x, y - half * 1.25, x + half * 1.25, y, x, y + half * 1.25, x - half * 1.25, y]);
      context.fill();
      return;
    case "triangle":
      polygon(context, [x, y - half, x + half, y + half * 0.8, x - half, y + half * 0.8]);
      context.fill();
      return;
    case "cross":
      context.lineWidth = 1.3;
      context.beginPath();
      context.moveTo(x - half, y - half);
      context.lineTo(x + half, y + half);
      context.moveTo(x + half, y - half);
      context.lineTo(x - half, y + half);
      context.stroke();
      return;
    default:
      shape satisfies never;
  }
}

function polygon(context: CanvasRenderingContext2D, corners: readonly number[]): void {
  context.beginPath();
  for (let i = 0; i < corners.length; i += 2) context.lineTo(corners[i] ?? 0, corners[i + 1] ?? 0);
  context.closePath();
}
