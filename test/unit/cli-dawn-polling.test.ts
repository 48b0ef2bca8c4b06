/** Dawn's endless looks for finished work leave a core to a software adapter; everyone else's callbacks do not wait. */
import { promisify } from "node:util";
import { afterEach, expect, it, vi } from "vitest";
import { restBetweenPolls } from "../../src/cli/runtimes/dawn-polling.ts";
import { onlySoftwareDrivers } from "../../src/cli/runtimes/vulkan.ts";

const before = globalThis.setImmediate;

afterEach(() => {
  globalThis.setImmediate = before;
  vi.restoreAllMocks();
});

it("lets callbacks without JavaScript rest, and hands on others as they are", async () => {
  const immediately = vi.fn(before);
  globalThis.setImmediate = immediately;
  const later = vi.spyOn(globalThis, "setTimeout");
  restBetweenPolls();
  const ran: string[] = [];
  // A bound function has no JavaScript of its own, as those of a binding.
  const native = ran.push.bind(ran);
  setImmediate(native, "native");
  expect(later).toHaveBeenCalledExactlyOnceWith(native, 1, "native");
  expect(immediately).not.toHaveBeenCalled();
  await new Promise<void>((done) => setImmediate((word: string) => (ran.push(word), done()), "ours"));
  expect(later).toHaveBeenCalledOnce();
  await vi.waitFor(() => expect(ran.toSorted()).toEqual(["native", "ours"]));
});

it("keeps what else setImmediate can do, and is done once", async () => {
  restBetweenPolls();
  const restful = globalThis.setImmediate;
  expect(restful).not.toBe(before);
  restBetweenPolls();
  expect(globalThis.setImmediate).toBe(restful);
  expect(await promisify(setImmediate)("value")).toBe("value");
  let ran = false;
  clearImmediate(setImmediate(() => (ran = true)));
  await promisify(setImmediate)();
  expect(ran).toBe(false);
});

it.each([
  [["/chrome/vk_swiftshader_icd.json"], true],
  [["/usr/share/vulkan/icd.d/lvp_icd.x86_64.json", "/usr/share/vulkan/icd.d/nvidia_icd.json"], false],
  [[], false],
])("of the drivers %j says whether all are software", (drivers, software) => {
  expect(onlySoftwareDrivers(drivers)).toBe(software);
});
