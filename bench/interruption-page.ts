/**
 * The page that interrupts a sign-in: what the server takes from the request to the end of its answer, store and all,
 * ÷ what ejs takes to render the same page with the same values.
 */
import diagnostics from 'node:diagnostics_channel';
import ejs from 'ejs';
import type { BenchOptions } from './options.ts';
import { inTurn, median, report, timed } from './report.ts';
import { authorize, newVisitor } from './sign-in-client.ts';
import { benchClient, openTwoProviders } from './two-providers.ts';

const ROUNDS = 400;
const WARM_UP = 100;
const GOAL = 1.5;

type Rendering = Parameters<typeof ejs.renderFile>;

/** The last page that was rendered. */
function watchRenderings(): () => Rendering {
  const { renderFile } = ejs;
  let last: Rendering | undefined;
  Object.assign(ejs, {
    renderFile: (...rendering: Rendering) => {
      last = rendering;
      return renderFile(...rendering);
    },
  });
  return () => {
    if (last === undefined) throw new Error('nothing was rendered');
    return last;
  };
}

/** How long the server took for its last request, in milliseconds. */
function watchServer(): () => number {
  let start = 0;
  let milliseconds = Number.NaN;
  diagnostics.subscribe('http.server.request.start', () => {
    start = performance.now();
  });
  diagnostics.subscribe('http.server.response.finish', () => {
    milliseconds = performance.now() - start;
  });
  return () => milliseconds;
}

/** Runs the measurement. @returns whether the goal is held */
export async function benchInterruptionPage({ jsonPath }: BenchOptions): Promise<boolean> {
  const rendering = watchRenderings();
  const serverTime = watchServer();
  const providers = await openTwoProviders();
  try {
    const person = await providers.person({ hasMethods: false });
    const visitor = newVisitor();
    await authorize(providers.withPrompt, visitor, benchClient, person);
    const { url, heading, status } = visitor.page;
    if (status !== 200 || !url.pathname.endsWith('/security-info'))
      throw new Error(`not interrupted, but '${heading}' at ${url.pathname}`);
    const [file, locals, options] = rendering();
    const page = async (): Promise<number> => {
      await visitor.open(url);
      return serverTime();
    };
    const view = (): Promise<number> => timed(async () => ejs.renderFile(file, locals, options));
    const [pages = [], views = []] = await inTurn([page, view], { rounds: ROUNDS, warmUp: WARM_UP });
    const ratio = median(pages) / median(views);
    const note = `${median(pages).toFixed(2)} ÷ ${median(views).toFixed(2)} ms`;
    const figures = [{ name: 'server ÷ ejs alone', value: ratio, unit: '×', goal: { most: GOAL }, note }];
    return report('interruption-page', { title: 'The page that interrupts a sign-in', figures }, jsonPath);
  } finally {
    await providers.close();
  }
}
