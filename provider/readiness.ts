/**
 * Whether this process should be sent requests: what a load balancer asks at `/readyz`. Whether it is alive at all is
 * `/healthz`'s.
 */
import type { Context, Middleware } from 'koa';
import type { KeyCanary } from '../models/key-canary.ts';
import type { StoreWatch } from '../models/store-watch.ts';
import type { Clock } from '../security-info/ports.ts';

/** What is looked at, in the order of the answer. */
export const checkNames = ['accepting', 'store', 'keys', 'clock', 'pending_events'] as const;
/** The name of a check. */
export type CheckName = (typeof checkNames)[number];
type Result = 'ok' | 'failed';

/** How far this machine's clock may be from the store's, in seconds: a third of an authenticator app's step. */
export const clockToleranceSeconds = 10;
/** A store that takes longer has failed. */
const patienceMilliseconds = 2_000;
/** Probes come from many sides; the store is asked no more often than this. */
const freshMilliseconds = 1_000;

/** What was found. What cannot be found out has failed. */
export interface ReadinessReport {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<CheckName, Result>>;
}

/** The readiness of a process. */
export interface Readiness {
  /** Looks, or gives what was found less than a second ago; never rejects. */
  check(): Promise<ReadinessReport>;
  /** From now on this process is not ready: it is about to end. */
  stop(): void;
}

/** What is looked at. */
export interface ReadinessParts {
  readonly watch: Pick<StoreWatch, 'hello' | 'oldestPendingAt'>;
  readonly canary: Pick<KeyCanary, 'judge'>;
  readonly clock: Clock;
  /** How long events may wait to be drained, in minutes. */
  readonly pendingMinutes: number;
  /** Told when a check begins to fail or holds again. */
  readonly log: {
    warn(details: Readonly<Record<string, unknown>>, message: string): void;
    info(details: Readonly<Record<string, unknown>>, message: string): void;
  };
}

/** Makes the readiness of a process. */
export function createReadiness(parts: ReadinessParts): Readiness {
  const { watch, canary, clock, pendingMinutes, log } = parts;
  let isStopping = false;
  let latest: { readonly since: number; readonly found: Promise<ReadinessReport> } | undefined;
  let failedBefore = '';

  const checks: Readonly<Record<Exclude<CheckName, 'accepting'>, () => Promise<boolean>>> = {
    store: async () => (await watch.hello()).isWritable,
    keys: async () => (await canary.judge()) === 'right',
    clock: async () => {
      const before = clock.now().getTime();
      const there = (await watch.hello()).at.getTime();
      // Somewhere in between the store looked at its clock.
      const tolerance = clockToleranceSeconds * 1000;
      return there >= before - tolerance && there <= clock.now().getTime() + tolerance;
    },
    pending_events: async () => {
      const since = await watch.oldestPendingAt();
      return since === null || clock.now().getTime() - since.getTime() <= pendingMinutes * 60_000;
    },
  };

  async function look(): Promise<ReadinessReport> {
    const run = async (name: keyof typeof checks): Promise<Result> =>
      (await inTime(checks[name]())) ? 'ok' : 'failed';
    const [store, keys, clockResult, pendingEvents] = await Promise.all([
      run('store'),
      run('keys'),
      run('clock'),
      run('pending_events'),
    ]);
    const found = {
      accepting: 'ok',
      store,
      keys,
      clock: clockResult,
      pending_events: pendingEvents,
    } as const;
    tellChange(checkNames.filter((name) => found[name] === 'failed'));
    return { isReady: Object.values(found).every((result) => result === 'ok'), checks: found };
  }

  function tellChange(failed: readonly CheckName[]): void {
    if (failed.join() === failedBefore) return;
    failedBefore = failed.join();
    if (failed.length > 0) log.warn({ failed }, 'not ready');
    else log.info({}, 'ready again');
  }

  return {
    async check() {
      const now = performance.now();
      if (latest === undefined || now - latest.since >= freshMilliseconds) {
        latest = { since: now, found: look() };
      }
      const report = await latest.found;
      return isStopping ? { isReady: false, checks: { ...report.checks, accepting: 'failed' } } : report;
    },
    stop() {
      isStopping = true;
    },
  };
}

async function inTime(check: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, patienceMilliseconds, false);
  });
  try {
    return await Promise.race([check.catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Answers `/healthz` (the process is alive, and its store answers) and `/readyz`; passes everything else on. */
export function probes(options: {
  readonly isHealthy: () => Promise<boolean>;
  readonly readiness?: Pick<Readiness, 'check'>;
}): Middleware {
  const { isHealthy, readiness } = options;
  return async (ctx, next) => {
    if (ctx.path === '/healthz') {
      const healthy = await isHealthy();
      answer(ctx, healthy, { status: healthy ? 'ok' : 'unavailable' });
    } else if (ctx.path === '/readyz' && readiness !== undefined) {
      const { isReady, checks } = await readiness.check();
      answer(ctx, isReady, { status: isReady ? 'ready' : 'not_ready', checks });
    } else {
      await next();
    }
  };
}

function answer(ctx: Context, isGood: boolean, body: object): void {
  ctx.status = isGood ? 200 : 503;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = body;
}
