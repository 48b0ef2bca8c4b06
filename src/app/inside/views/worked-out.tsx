/** A step of a small network, from the batch to the new weights. */
import { useEffect } from "preact/hooks";
import { listenToKeys } from "../keys.ts";
import { Bill } from "./bill.tsx";
import { ChoiceForm } from "./choices.tsx";
import { Files } from "./files.tsx";
import { Givens } from "./givens.tsx";
import { Path } from "./path.tsx";
import { Stop } from "./stop.tsx";
import { Working } from "./working.tsx";

export function WorkedOut() {
  useEffect(listenToKeys, []);
  return (
    <>
      <ChoiceForm />
      <Path />
      <Stop />
      <Givens />
      <Bill />
      <Files />
      <Working />
    </>
  );
}
