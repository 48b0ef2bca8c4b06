/** The text of every shader file, by its name without extension. */
const files = import.meta.glob<string>("../../shaders/*.wgsl", {
  query: "?raw",
  import: "default",
  eager: true,
});

export type ShaderSources = Readonly<Record<string, string>>;

export const SHADER_SOURCES: ShaderSources = Object.fromEntries(
  Object.entries(files).map(([path, text]) => [path.slice(path.lastIndexOf("/") + 1, -".wgsl".length), text]),
);
