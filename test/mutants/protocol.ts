/** What the process that leads and those that run cases say to each other. */

/** A case, with the product's shaders or with one file's text replaced. */
export interface Question {
  case: string;
  /** Left out: the product's own shaders, with a record of the files that are composed. */
  mutant?: { file: string; text: string };
}

export interface Answer {
  /** Empty when the case passed. */
  failure: string;
  seconds: number;
  /** Shader files that the case composed. */
  files: string[];
  /** Whether the case came to compile the mutant; elsewhere it says nothing of it. */
  isComposed: boolean;
  /** Whether the shaders could not be composed or compiled: then it says nothing, either. */
  notCompiled: boolean;
}

export type Message = { ready: string } | { answer: Answer } | { error: string };
