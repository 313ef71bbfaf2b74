/** Scores out of verdicts; pure. A mutant that nobody could notice is listed, with the reason, in `equivalent.json`. */

/** Each part's and file's mutants and how many of them were detected, what was not, and entries of the list that fit nothing. */
export function scoreOf(mutants, equivalents, parts) {
  const isEquivalent = (mutant) => equivalents.some((entry) => fits(entry, mutant));
  const counted = mutants.filter((mutant) => !isEquivalent(mutant));
  const tested = new Set(mutants.map(({ file }) => file));
  return {
    files: new Map([...tested].map((file) => [file, tally(counted.filter((mutant) => mutant.file === file))])),
    parts: parts
      .map(({ name, leastScore, files }) => ({
        name,
        leastScore,
        ...tally(counted.filter(({ file }) => files.includes(file))),
      }))
      .filter(({ total }) => total > 0),
    all: tally(counted),
    equivalent: mutants.length - counted.length,
    undetected: counted.filter(({ verdict }) => !isDetected(verdict)),
    // What a test notices after all, or what is not there any more, does not belong on the list.
    stale: equivalents.filter(
      (entry) =>
        tested.has(entry.file) && !mutants.some((mutant) => fits(entry, mutant) && !isDetected(mutant.verdict)),
    ),
  };
}

/** Detected mutants per hundred; a hundred of none. */
export const percentage = ({ detected, total }) => (total === 0 ? 100 : (100 * detected) / total);

/** A test fails, or the mutant never ends. */
const isDetected = (verdict) => verdict === 'detected' || verdict === 'endless';

const fits = (entry, mutant) => ['file', 'line', 'was', 'becomes'].every((key) => entry[key] === mutant[key]);

const tally = (mutants) => ({
  total: mutants.length,
  detected: mutants.filter(({ verdict }) => isDetected(verdict)).length,
});
