/** What a person must know beside the figures: no adapter, a software adapter, no isolation, an error. */
import { withCommands } from "../../../core/command-line.ts";
import { sentence } from "../../format.ts";
import { whyNoWebGpu } from "../../state/no-webgpu.ts";
import { adapter, adapterState, failure } from "../state/run.ts";

export function Notices() {
  return (
    <>
      <NoAdapter />
      <Failure />
      {adapter.value?.software && (
        <div class="notice">
          <h2>This is a software adapter, not a GPU</h2>
          <p>
            A program on the CPU carries WebGPU out here. Its figures compare programs on this adapter; they
            say nothing about the speed of a GPU.
          </p>
        </div>
      )}
      {!globalThis.crossOriginIsolated && (
        <div class="notice">
          <h2>One thread for wasm</h2>
          <p>
            This page is not isolated from other origins, because its server sends no headers for that and the
            browser runs no service worker here. So wasm contenders have one thread, and their rows say so.
          </p>
        </div>
      )}
    </>
  );
}

function NoAdapter() {
  const asked = adapterState.value;
  if (asked.state !== "none") return null;
  return (
    <div class="notice grave" role="alert">
      <h2>{whyNoWebGpu(asked.error).title}</h2>
      <p>
        {sentence(asked.error.message)} {withCommands(asked.error.hint)}
      </p>
    </div>
  );
}

function Failure() {
  const error = failure.value;
  if (!error) return null;
  return (
    <div class="notice grave" role="alert">
      <h2>The benchmark could not go on</h2>
      <p class="message">{error.message}</p>
      {error.hint !== "" && <p>{withCommands(error.hint)}</p>}
    </div>
  );
}
