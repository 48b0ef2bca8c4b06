/**
 * The bits of WebGPU's flag types, as its specification fixes them. Spelt out because a device may come from a library
 * that does not define the globals (`GPUBufferUsage` and the like) that a page has.
 */
export const BUFFER_USAGE = {
  MAP_READ: 0x01,
  COPY_SRC: 0x04,
  COPY_DST: 0x08,
  STORAGE: 0x80,
  QUERY_RESOLVE: 0x200,
} as const;
export const MAP_MODE_READ = 0x01;
export const SHADER_STAGE_COMPUTE = 0x04;
