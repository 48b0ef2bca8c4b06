/**
 * Dawn's bindings for Node ask for finished work in a chain of `setImmediate` that never rests: one core is busy with it
 * as long as anything is under way. A GPU does not miss that core. A software adapter does: on two cores, training with
 * SwiftShader took half as long again.
 */

/** Between two looks, in milliseconds: nothing beside a step of a software adapter. */
const REST = 1;

/** Makes Dawn's looks rest; what others give to `setImmediate` runs at once, as ever. Doing it twice changes nothing. */
export function restBetweenPolls(): void {
  const immediately = globalThis.setImmediate;
  if (immediately.name === restful.name) return;
  function restful(callback: (...args: unknown[]) => void, ...args: unknown[]): unknown {
    return isNative(callback) ? setTimeout(callback, REST, ...args) : immediately(callback, ...args);
  }
  // `promisify` finds its own variant as a property.
  const { name: _, ...properties } = Object.getOwnPropertyDescriptors(immediately);
  Object.defineProperties(restful, properties);
  globalThis.setImmediate = restful as typeof setImmediate;
}

/** Dawn is the only one here whose callbacks have no JavaScript. */
function isNative(callback: unknown): boolean {
  return (
    typeof callback === "function" && Function.prototype.toString.call(callback).endsWith("{ [native code] }")
  );
}
