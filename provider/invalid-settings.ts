/** The refusal to start on settings that do not do: all that is missing or wrong, and how to make it. */

/** One thing that is missing or wrong in the settings. */
export interface SettingProblem {
  /** The setting's name in the environment. */
  readonly name: string;
  /** What is wrong with it; never its value. */
  readonly problem: string;
  /** How to make one. */
  readonly make: string;
}

/** `invalid_settings`: some settings are missing or wrong. Its message is what an operator reads. */
export class InvalidSettings extends Error {
  readonly code = 'invalid_settings';
  readonly problems: readonly SettingProblem[];
  constructor(problems: readonly SettingProblem[]) {
    const lines = problems.map(
      ({ name, problem, make }) => `  ${name} ${problem}\n      how to make one: ${make}`,
    );
    super(`Some settings are missing or wrong:\n${lines.join('\n')}`);
    this.name = 'InvalidSettings';
    this.problems = problems;
  }
}
