/** What an import is, and what it needs of the store: itself as one document, its rows sealed, what is wrong in it. */
import type { DomainEvent } from '../../events.ts';
import type { Ports } from '../../ports.ts';
import type { ActingAdmin } from '../acting-admin.ts';
import type { ImportColumn } from './columns.ts';
import type { ImportProblem } from './import-problem.ts';

/**
 * `receiving`: the file comes in. `checking`: every row is judged. `checked`: it was only to be checked, and can be
 * applied. `applying`, `done`. `stopped`: nothing (more) is done, for a row is wrong or an admin wants it so. `failed`:
 * the file cannot be read to its end.
 */
export const importStates = [
  'receiving',
  'checking',
  'checked',
  'applying',
  'done',
  'stopped',
  'failed',
] as const;
/** One of them. */
export type ImportState = (typeof importStates)[number];
/** In these a node has it in hand, or another one may take it up. */
export const runningStates = ['receiving', 'checking', 'applying'] as const satisfies readonly ImportState[];

/** What is to be done with the rows. */
export interface ImportOptions {
  /** With a bad row: leave that row out, or do nothing at all. */
  readonly onErrors: 'skip' | 'stop';
  /** Judge every row and change nothing. */
  readonly checkOnly: boolean;
  /** Somebody who is not there: make them, or tell the row as bad. A directory that can make nobody tells it anyway. */
  readonly unknownPeople: 'create' | 'report';
  /** The country of numbers without one (ISO 3166-1 alpha-2), where the row names none; or null. */
  readonly country: string | null;
}

/** How far it is, in rows. */
export interface ImportCounts {
  readonly rows: number;
  /** Judged so far. */
  readonly checked: number;
  /** Judged and wrong. */
  readonly bad: number;
  /** People who were made; their methods with them. */
  readonly created: number;
  readonly changed: number;
  /** As the row says already. */
  readonly unchanged: number;
  /** Right when it was judged, and no longer when it was to be applied: told among the problems. */
  readonly refused: number;
}

/** Nothing yet. */
export const noCounts: ImportCounts = {
  ...{ rows: 0, checked: 0, bad: 0, created: 0, changed: 0, unchanged: 0, refused: 0 },
};

/** One import. */
export interface ImportJob {
  /** Sorts by the time of its making; not a secret. */
  readonly id: string;
  readonly state: ImportState;
  readonly by: ActingAdmin;
  readonly options: ImportOptions;
  readonly columns: readonly ImportColumn[];
  readonly createdAt: Date;
  /** Null while it runs. */
  readonly endedAt: Date | null;
  /** The report goes then. */
  readonly expiresAt: Date;
  readonly chunkCount: number;
  /** The next chunk to be judged or applied. */
  readonly nextChunk: number;
  readonly counts: ImportCounts;
  /** Why it failed, or null. */
  readonly failure: ImportProblem | null;
}

/** Who has an import in hand. */
export interface ImportClaim {
  readonly importId: string;
  /** Random, one per run. */
  readonly holder: string;
}

/** What can be set as an import goes on. */
export type ImportProgress = Partial<
  Pick<ImportJob, 'state' | 'by' | 'options' | 'endedAt' | 'chunkCount' | 'nextChunk' | 'counts' | 'failure'>
>;

/** A chunk of rows as it is stored. */
export interface StoredChunk {
  readonly number: number;
  readonly rowsCiphertext: string;
  /** The lines of the rows that were judged wrong. */
  readonly badLines: readonly number[];
}

/** A page of something. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

/** The imports. Each write is conditional on the import as it was read, and can be repeated. */
export interface ImportStore {
  /** Puts a new import there, in the hands of the claim. */
  begin(job: ImportJob, claim: ImportClaim, untilAt: Date): Promise<void>;
  read(importId: string): Promise<ImportJob | null>;
  /** The newest first. */
  list(query: { readonly cursor: string | null; readonly limit: number }): Promise<Page<ImportJob>>;
  /** Takes a running import that nobody has in hand at this time; null where there is none such. */
  claim(claim: ImportClaim, now: Date, untilAt: Date): Promise<ImportJob | null>;
  /**
   * Goes on from the import as it was read, its events in the same write, and holds on to it.
   * @returns the import as it is now; null, and nothing is written, when it is in other hands or has gone on
   */
  advance(
    claim: ImportClaim,
    from: Pick<ImportJob, 'state' | 'nextChunk' | 'chunkCount'>,
    to: ImportProgress,
    untilAt: Date,
    events: readonly DomainEvent[],
  ): Promise<ImportJob | null>;
  /** The same for an import in nobody's hands or in another's, who loses it. */
  turn(
    importId: string,
    from: readonly ImportState[],
    to: ImportProgress,
    events: readonly DomainEvent[],
  ): Promise<ImportJob | null>;
  /** Lets go of it. */
  release(claim: ImportClaim, now: Date): Promise<void>;
  /** An import that runs and that nobody has in hand at this time, the oldest first; null where there is none. */
  findAbandoned(now: Date): Promise<string | null>;

  /** Puts a chunk there; one of that number that is there stays. */
  putChunk(importId: string, number: number, rowsCiphertext: string, expiresAt: Date): Promise<void>;
  readChunk(importId: string, number: number): Promise<StoredChunk | null>;
  /** Writes down who is in a chunk (digests) and which of its lines are wrong, and why. */
  judgeChunk(
    importId: string,
    number: number,
    judgement: {
      readonly people: readonly string[];
      readonly badLines: readonly number[];
      readonly problems: readonly ImportProblem[];
      readonly expiresAt: Date;
    },
  ): Promise<void>;
  /** Which of these people are in a chunk before the one of this number; their digests are of one import. */
  findEarlier(number: number, people: readonly string[]): Promise<ReadonlySet<string>>;
  /** Adds what came up as rows were applied. */
  addProblems(importId: string, problems: readonly ImportProblem[], expiresAt: Date): Promise<void>;
  /** What is wrong, by line. */
  problems(
    importId: string,
    query: { readonly cursor: string | null; readonly limit: number },
  ): Promise<Page<ImportProblem>>;
  /** Deletes all rows. */
  purgeRows(importId: string): Promise<void>;

  /** Which of these events are in the audit log. */
  findPublished(eventIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** What imports are given. */
export type ImportPorts = Pick<
  Ports,
  'clock' | 'records' | 'policies' | 'eventLog' | 'keys' | 'directory'
> & { readonly imports: ImportStore };
