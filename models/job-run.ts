/** `job_runs`: one document per run of a job. How many are kept is the purging job's. */
import { type Connection, Schema } from 'mongoose';
import { z } from 'zod';
import { type JobRun, type JobRunStore, lostRunSeconds } from '../security-info/job-runs.ts';
import type { Clock } from '../security-info/ports.ts';
import { type CollectionSchema, modelOn, schemaOptions } from './schema-options.ts';

/** A run as it is stored. */
export interface StoredJobRun extends Omit<JobRun, 'id'> {
  readonly _id: string;
  /** Its latest sign of life. */
  readonly aliveAt: Date;
}

const schema = new Schema<StoredJobRun>(
  {
    _id: { type: String, required: true },
    job: { type: String, required: true },
    node: { type: String, required: true },
    cause: { type: String, required: true },
    startedAt: { type: Date, required: true },
    aliveAt: { type: Date, required: true },
    endedAt: Date,
    result: { type: String, required: true },
    error: String,
    counts: { type: Schema.Types.Mixed, required: true },
  },
  schemaOptions,
);
schema.index({ job: 1, startedAt: -1 });

/** The collection of runs. */
export const jobRuns: CollectionSchema<StoredJobRun> = { name: 'job_runs', schema };

const storedRun = z.object({
  _id: z.string(),
  job: z.string(),
  node: z.string(),
  cause: z.enum(['schedule', 'start', 'hand']),
  startedAt: z.date(),
  aliveAt: z.date(),
  endedAt: z.date().nullable().default(null),
  result: z.enum(['running', 'done', 'failed', 'stopped']),
  error: z.string().nullable().default(null),
  counts: z.record(z.string(), z.number()),
});

/** The JobRunStore port. */
export function createJobRunStore(connection: Connection, { clock }: { readonly clock: Clock }): JobRunStore {
  const model = modelOn(connection, jobRuns);

  function read(document: unknown): JobRun {
    const { _id: id, aliveAt, ...run } = storedRun.parse(document);
    const isLost = run.result === 'running' && secondsSince(aliveAt) > lostRunSeconds;
    return isLost
      ? { ...run, id, result: 'failed', error: 'process_ended', endedAt: aliveAt }
      : { ...run, id };
  }

  const secondsSince = (time: Date): number => (clock.now().getTime() - time.getTime()) / 1000;

  return {
    async begin({ id, ...run }) {
      const now = clock.now();
      const begun = { startedAt: now, aliveAt: now, endedAt: null, error: null, counts: {} };
      await model.create([{ _id: id, ...run, ...begun, result: 'running' }]);
    },

    async progress(id, counts) {
      await model.updateOne({ _id: id, result: 'running' }, { $set: { counts, aliveAt: clock.now() } });
    },

    async end(id, { result, error, counts }) {
      const now = clock.now();
      await model.updateOne({ _id: id }, { $set: { result, error, counts, endedAt: now, aliveAt: now } });
    },

    async list(job, limit) {
      const documents = await model.find({ job }).sort({ startedAt: -1 }).limit(limit).lean();
      return documents.map(read);
    },

    async lastDoneAt(job) {
      const [document] = await model.find({ job, result: 'done' }).sort({ startedAt: -1 }).limit(1).lean();
      return document === undefined ? null : read(document).endedAt;
    },
  };
}
