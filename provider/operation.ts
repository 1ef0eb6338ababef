/** What operators see and use of a running server: readiness, metrics, the lines of its requests, how it stops. */
import type { RequestListener } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduledJob } from '../jobs/scheduler.ts';
import { createStoreWatch } from '../models/store-watch.ts';
import type { Composition } from './composition.ts';
import { securityInfoPromptName } from './interaction-policy/security-info.ts';
import { type Listening, listen } from './listen.ts';
import { addGauges, type Coverage, type JobAge } from './metrics/gauges.ts';
import type { Meter } from './metrics/meter.ts';
import { meteredJob } from './metrics/metered.ts';
import type { PrometheusMeter } from './metrics/prometheus.ts';
import { serveMetrics } from './metrics/serve.ts';
import { observeRequests } from './observed-requests.ts';
import { createReadiness, type Readiness } from './readiness.ts';

/** How long requests have to end once no new ones come, in milliseconds; Ctrl-C in a terminal waits less. */
const graceMilliseconds = { production: 20_000, development: 500 } as const;
const productionDrainSeconds = 5;

/** The operation of one server. */
export interface Operation {
  readonly readiness: Readiness;
  /** To be told of each interaction that the provider begins. */
  interrupted(prompt: { readonly name: string; readonly reasons: readonly string[] }): void;
  meteredJobs(jobs: readonly ScheduledJob[]): readonly ScheduledJob[];
  /**
   * Listens for requests at the address of the settings, and for Prometheus at its own where there is one.
   * @throws {PortTaken} `port_taken`
   */
  serve(handler: RequestListener): Promise<Listening>;
  /** Says that it is not ready, answers on until that has been seen, takes no more, and finishes what is open. */
  stop(listening: Listening): Promise<void>;
}

/** Makes the operation of a server. @param counters what is served at the port for metrics */
export function createOperation(
  composition: Composition,
  { meter, counters }: { readonly meter: Meter; readonly counters: PrometheusMeter | null },
): Operation {
  const { settings, log, ports, connection, keyCanary } = composition;
  const watch = createStoreWatch(connection);
  const { readyPendingMinutes: pendingMinutes } = settings;
  const readiness = createReadiness({ watch, canary: keyCanary, clock: ports.clock, pendingMinutes, log });
  let metrics: Listening | undefined;
  const openMetrics = async (): Promise<void> => {
    if (counters === null || settings.metricsPort === null) return;
    addGauges(counters.registry, {
      watch,
      clock: ports.clock,
      coverage: () => coverageOf(composition),
      jobAges: () => jobAgesOf(composition),
    });
    const address = { host: settings.metricsHost, port: settings.metricsPort };
    metrics = await serveMetrics(counters.registry, address);
  };
  return {
    readiness,
    interrupted: ({ name, reasons }) => {
      if (name === securityInfoPromptName) meter.interrupted(reasons);
    },
    meteredJobs: (jobs) =>
      jobs.map((scheduled) => ({ ...scheduled, job: meteredJob(scheduled.job, meter, ports.clock) })),
    serve: async (handler) => {
      const observed = observeRequests(handler, { log, meter, trustedProxies: settings.trustedProxies });
      const { host, port } = settings;
      const listening = await listen(observed, { host, port, setting: 'PORT' });
      try {
        await openMetrics();
      } catch (error) {
        await listening.close(0);
        throw error;
      }
      return listening;
    },
    stop: async (listening) => {
      readiness.stop();
      listening.drain();
      const drainSeconds = settings.stopDrainSeconds ?? (settings.isDevelopment ? 0 : productionDrainSeconds);
      log.info({ drainSeconds }, 'stopping');
      if (drainSeconds > 0) await delay(drainSeconds * 1000);
      await listening.close(graceMilliseconds[settings.isDevelopment ? 'development' : 'production']);
      await metrics?.close(0);
      log.info({}, 'stopped');
    },
  };
}

const dayMilliseconds = 86_400_000;

/** What the latest daily snapshot says; null before the first. */
async function coverageOf({ snapshots, ports }: Composition): Promise<Coverage | null> {
  const now = ports.clock.now();
  const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const found = await snapshots.list({
    from: dayOf(now.getTime() - 2 * dayMilliseconds),
    to: dayOf(now.getTime()),
  });
  return found.at(-1) ?? null;
}

/** When each job was last done on any node. */
async function jobAgesOf({ listJobs }: Composition): Promise<readonly JobAge[]> {
  return (await listJobs()).flatMap(({ name: job, lastRun }) =>
    lastRun?.result === 'done' && lastRun.endedAt !== null
      ? [{ job, succeededAt: lastRun.endedAt, seconds: lastRun.durationMilliseconds / 1000 }]
      : [],
  );
}
