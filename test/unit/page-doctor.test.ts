/** The doctor's address: what is written can be read again, and what cannot be read is named. */
import { describe, expect, test } from "vitest";
import { doctorCommand, readDoctorLink, writeDoctorLink } from "../../src/app/doctor/link.ts";

describe("the doctor's address", () => {
  test("is empty for the standard cases", () => {
    expect(writeDoctorLink({ seed: 1 })).toBe("");
    expect(readDoctorLink("")).toEqual({ choice: { seed: 1 }, problems: [] });
    expect(doctorCommand({ seed: 1 })).toBe("npm run -s backlit -- check");
  });

  test("round-trips random cases", () => {
    const choice = { cases: 40, seed: 7 };
    expect(writeDoctorLink(choice)).toBe("cases=40&seed=7");
    expect(readDoctorLink("cases=40&seed=7")).toEqual({ choice, problems: [] });
    expect(doctorCommand(choice)).toBe("npm run -s backlit -- check --cases 40 --seed 7");
  });

  test.each([
    ["cases=0", "Cases must be at least 1, not 0"],
    ["cases=1e3", "Cases must be a whole number, not “1e3”"],
    ["cases=100001", "Cases must be at most 100,000, not 100001"],
    ["seed=-1", "Seed must be at least 0, not -1"],
    ["seed=4294967296", "Seed must be at most 4,294,967,295, not 4294967296"],
    ["constructor=1", "“constructor” is not an option"],
  ])("names what is wrong with %s and leaves it out", (query, problem) => {
    expect(readDoctorLink(query)).toEqual({ choice: { seed: 1 }, problems: [problem] });
  });
});
