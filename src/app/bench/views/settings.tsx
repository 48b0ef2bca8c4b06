/** What to measure. */
import { Fragment } from "preact";
import type { SuiteName } from "../../../bench/result.ts";
import { BENCH_OPTIMIZERS, INPUTS } from "../../../bench/suites.ts";
import { Control } from "../../views/control.tsx";
import { LinkProblems } from "../../views/link-problems.tsx";
import {
  chosen,
  isTaken,
  linkProblems,
  OPTIONS,
  problems,
  request,
  setOption,
  texts,
  toggle,
  type OptionName,
} from "../state/options.ts";
import { CATALOGUE, downloadBytes } from "../../../data/catalogue.ts";
import { byteSize, sentence } from "../../format.ts";
import { busy } from "../state/run.ts";

/** As big as the training page says, too. */
const MNIST_NOTE = `MNIST, a ${byteSize(downloadBytes(CATALOGUE["mnist"]) ?? 0)} download`;

const SUITES: Record<SuiteName, { title: string; note: string }> = {
  step: { title: "Training steps", note: "time of a step, and ratios" },
  matmul: { title: "Matrix products", note: "the three products of a layer" },
  kernels: { title: "Kernels", note: "each dispatch below the roofs of the device" },
  scaling: { title: "Scaling", note: "over batch, width, depth and rows" },
  crossover: { title: "Crossover", note: "where the GPU overtakes the CPU" },
  accuracy: { title: "Time to an accuracy", note: "95, 97 and 98 % of the test images" },
  overhead: { title: "Overhead", note: "dispatches that do nothing" },
};

export function Settings() {
  const { suite } = texts.value;
  const takes = (name: OptionName): boolean => isTaken(name, texts.value);
  return (
    <form class="settings" aria-label="What to measure" onSubmit={(event) => event.preventDefault()}>
      <LinkProblems problems={linkProblems.value} onUnderstood={() => (linkProblems.value = [])} />
      <fieldset disabled={busy.value} class="plain">
        <legend class="unseen">Settings of the benchmark</legend>
        <fieldset class="plain offers">
          <legend>Suite</legend>
          {Object.entries(SUITES).map(([name, { title, note }]) => (
            <label key={name} class="offer">
              <input
                type="radio"
                name="suite"
                value={name}
                checked={suite === name}
                onChange={() => setOption("suite", name)}
              />
              <span>
                {title} <small>{note}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <h2>How</h2>
        {takes("peers") && <Choices name="peers" choices={{ tfjs: "TensorFlow.js", jax: "jax-js" }} />}
        {takes("input") && (
          <Choices name="input" choices={{ mnist: "digits", dense: "noise" }} offered={INPUTS} />
        )}
        {takes("optimizer") && (
          <Choices name="optimizer" choices={{ sgd: "SGD", adam: "Adam" }} offered={BENCH_OPTIMIZERS} />
        )}
        <Single name="quick" choices={{ yes: "a quick look", no: "a measurement to quote" }} />
        {takes("data") && <Single name="data" choices={{ synthetic: "drawn here", mnist: MNIST_NOTE }} />}
        <details class="more">
          <summary>More options</summary>
          <div class="fields">
            {takes("hidden") && (
              <Text name="hidden" help="units of each hidden layer; empty for the suite’s own networks" />
            )}
            {takes("batch") && <Text name="batch" help="rows in a step; empty for the suite’s own" />}
            {takes("rounds") && (
              <Text name="rounds" help="rounds in which contenders take turns" placeholder="by default" />
            )}
            {takes("seconds") && (
              <Text name="seconds" help="fewest seconds for each contender" placeholder="by default" />
            )}
            {takes("loss-steps") && (
              <Text name="loss-steps" help="steps whose losses must agree" placeholder="by default" />
            )}
            {takes("seed") && <Text name="seed" help="of initial parameters, noise and the order of rows" />}
          </div>
        </details>
        <p class="fine terminal">
          The same in a terminal: <Command />
        </p>
      </fieldset>
    </form>
  );
}

/** Breaks between its options, not within them. */
function Command() {
  const parts = request.value.command.split(/ (?=--)/);
  return (
    <code>
      {parts.map((part) => (
        <Fragment key={part}>
          <span>{part}</span>{" "}
        </Fragment>
      ))}
    </code>
  );
}

/** Some of several. */
function Choices({
  name,
  choices,
  offered = Object.keys(choices),
}: {
  name: OptionName;
  choices: Record<string, string>;
  offered?: readonly string[];
}) {
  const problem = problems.value[name];
  return (
    <fieldset class="group" aria-describedby={problem === undefined ? undefined : `${name}-problem`}>
      <legend>{OPTIONS[name].label}</legend>
      <div class="choices">
        {offered.map((choice) => (
          <label key={choice}>
            <input
              type="checkbox"
              name={name}
              value={choice}
              checked={chosen(name).includes(choice)}
              onChange={() => toggle(name, choice, offered)}
            />
            {choices[choice]}
          </label>
        ))}
      </div>
      {problem !== undefined && (
        <p class="help wrong" id={`${name}-problem`}>
          {problem}
        </p>
      )}
    </fieldset>
  );
}

/** One of several. */
function Single({ name, choices }: { name: OptionName; choices: Record<string, string> }) {
  return (
    <fieldset class="group">
      <legend>{OPTIONS[name].label}</legend>
      <div class="choices">
        {Object.entries(choices).map(([choice, title]) => (
          <label key={choice}>
            <input
              type="radio"
              name={name}
              value={choice}
              checked={texts.value[name] === choice}
              onChange={() => setOption(name, choice)}
            />
            {title}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Text({ name, help, placeholder }: { name: OptionName; help: string; placeholder?: string }) {
  return (
    <Control
      id={`option-${name}`}
      label={OPTIONS[name].label}
      value={texts.value[name]}
      help={sentence(help)}
      problem={problems.value[name]}
      placeholder={placeholder ?? "the suite’s own"}
      onChange={(text) => setOption(name, text)}
    />
  );
}
