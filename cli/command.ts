/** What every command is: its words for the help, its arguments and how they are read, and what it does. */
import type { Translator } from '../locales/translator.ts';
import type { AdministeredDeployment } from './deployment.ts';

/** An option, as it is documented and parsed. */
export interface OptionDescription {
  /** What its value is called in the help; absent for a switch. */
  readonly value?: string;
  /** It may be given several times. */
  readonly isRepeatable?: true;
  readonly doc: string;
}

/** The arguments that stand without an option's name. */
export interface ArgumentDescription {
  readonly name: string;
  readonly doc: string;
  readonly isRequired: boolean;
  readonly isRepeatable: boolean;
}

/** Arguments as they were given: checked against the descriptions, not yet read. */
export interface GivenArguments {
  readonly positionals: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly switches: Readonly<Record<string, true>>;
}

/** Where a command reads from and tells of its progress. */
export interface Terminal {
  /** Part of an answer that is too long to be held: standard output. Ends once it is taken, so that readers set the pace. */
  write(text: string): Promise<void>;
  /** Progress and warnings: standard error. */
  tell(text: string): void;
  /** All of standard input; null where it is a keyboard. */
  readInput(): Promise<string | null>;
  /** @throws {UsageError} when the file cannot be read */
  readFile(path: string): Promise<string>;
  /** A file as it comes, however long; `-` is standard input. @throws {UsageError} when it cannot be read */
  openFile(path: string): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Writes as it comes, into a file that only its owner can read, or to standard output where the path is null.
   * @throws {UsageError} when the file cannot be written
   */
  writeFile(path: string | null, texts: AsyncIterable<string>): Promise<void>;
  /** The language of the answers. */
  readonly words: Translator;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  now(): Date;
}

/** What a command answers: the same for a program and for a person. */
export interface Answer {
  /** What `--json` prints; nothing where the answer was written already. */
  readonly json: unknown;
  /** What is printed otherwise; may be empty. */
  readonly text: string;
  /** It went wrong half-way: what there is to tell is told, but the exit code is 1. */
  readonly isFailure?: true;
}

/** A command whose arguments are read: what is left to do, on an open deployment where it needs one. */
export type Action =
  | {
      readonly on: 'deployment';
      run(deployment: AdministeredDeployment, terminal: Terminal): Promise<Answer>;
    }
  | { readonly on: 'nothing'; run(terminal: Terminal): Promise<Answer> };

/** One command. */
export interface Command {
  /** Two words, `account create`, or one. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly argument: ArgumentDescription | null;
  /** By name, without the dashes. Every command also has `json` and `help`. */
  readonly options: Readonly<Record<string, OptionDescription>>;
  /** More for its help, or null: what to know before using it. */
  readonly note: string | null;
  /** Reads the arguments before anything is opened. @throws {UsageError} naming the argument and what is right */
  read(given: GivenArguments): Action;
}
