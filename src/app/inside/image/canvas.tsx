/** A picture of a few pixels, enlarged; without a label it is only decoration. */
import { useEffect, useRef } from "preact/hooks";

export function Canvas({ image, label }: { image: ImageData; label?: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current!.getContext("2d")!.putImageData(image, 0, 0);
  }, [image]);
  return (
    <canvas
      ref={canvas}
      width={image.width}
      height={image.height}
      {...(label === undefined ? { "aria-hidden": true } : { role: "img" as const, "aria-label": label })}
    />
  );
}
