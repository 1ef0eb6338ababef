/**
 * The console's own routes: each page takes an admin who has proved a method within 15 minutes. What a form held that
 * was posted too late is kept sealed, and offered again after the proof.
 */
import type { ActingAdmin } from '../../security-info/admin/acting-admin.ts';
import type { Account } from '../../security-info/ports.ts';
import type { ConsoleEntry, Entered, PageFileStep, PageFormStep, PageStep, PageTable } from './contract.ts';
import type { HeldForms } from './held-forms.ts';
import type { SectionName } from './sections.ts';

/** One request of an admin. */
export interface AdminStep extends PageStep {
  readonly admin: Account;
  readonly by: ActingAdmin;
}

/** A form that an admin posted. */
export interface AdminFormStep extends AdminStep {
  readonly form: Readonly<Record<string, string>>;
}

/** A form with a file that an admin posted. */
export interface AdminFileStep extends AdminFormStep, Pick<PageFileStep, 'file'> {}

/** Where the console's pages are added. */
export interface ConsoleTable {
  get(path: string, section: SectionName, handler: (step: AdminStep) => Promise<void>): void;
  post(path: string, section: SectionName, handler: (step: AdminFormStep) => Promise<void>): void;
  /** A form with a file; one that comes too late is not kept, and `againPath` is shown after the proof. */
  postFile(
    path: string,
    section: SectionName,
    options: { readonly maximumBytes: number; readonly againPath: string },
    handler: (step: AdminFileStep) => Promise<void>,
  ): void;
}

/** What every view of the console gets beside its own page: `page.console`. */
export interface ConsoleFrame {
  readonly section: SectionName;
  readonly adminName: string;
  readonly provedUntilAt: Date;
}

/** What the routes are made with. */
export interface ConsoleRoutesOptions {
  readonly table: PageTable;
  readonly entry: ConsoleEntry;
  readonly heldForms: HeldForms;
  /** The kind of device of a request, in fixed words. */
  readonly deviceOf: (userAgent: string) => string | null;
  readonly clientId: string;
}

/** Where whoever is not in yet is sent. */
export const enterPath = '/enter';
/** Where a form that was kept is offered again. */
export const heldPath = '/held';

/** Makes them. */
export function createConsoleRoutes(options: ConsoleRoutesOptions): ConsoleTable {
  const { table, entry, heldForms } = options;

  const adminStep = (
    step: PageStep,
    { account, provedUntilAt }: Entered,
    section: SectionName,
  ): AdminStep => ({
    ctx: step.ctx,
    words: step.words,
    admin: account,
    by: {
      actor: `admin:${account.id}`,
      accountId: account.id,
      callerAddress: step.ctx.ip,
      clientId: options.clientId,
      device: options.deviceOf(step.ctx.get('User-Agent')),
    },
    show: (view, page, show) => {
      const frame: ConsoleFrame = { section, adminName: account.displayName, provedUntilAt };
      return step.show(view, { problem: null, ...page, console: frame }, show);
    },
    goTo: (path) => step.goTo(path),
  });

  table.get(enterPath, async (step) => {
    const wanted = step.ctx.query['to'];
    entry.begin(step.ctx, typeof wanted === 'string' ? wanted : '');
  });
  table.get('/signed-in', async (step) => {
    const returnTo = await entry.finish(step.ctx);
    if (returnTo === null) return step.show('admin/refused', { problem: null }, { status: 403 });
    step.goTo(returnTo);
  });
  table.post('/leave', async (step) => {
    entry.leave(step.ctx);
    await step.show('admin/left', { problem: null });
  });
  table.get(heldPath, async (step) => {
    const entered = await entry.read(step.ctx);
    if (entered === null) return step.goTo(`${enterPath}?to=${encodeURIComponent(heldPath)}`);
    const held = await heldForms.take(step.ctx, entered.account.id);
    if (held === null) return step.goTo('');
    await adminStep(step, entered, 'overview').show('admin/held', held);
  });

  return {
    get: (path, section, handler) =>
      table.get(path, async (step) => {
        const entered = await entry.read(step.ctx);
        if (entered !== null) return handler(adminStep(step, entered, section));
        const query = step.ctx.querystring === '' ? '' : `?${step.ctx.querystring}`;
        const to = `${step.ctx.path.replace(/^\/admin/, '')}${query}`;
        step.goTo(`${enterPath}?to=${encodeURIComponent(to)}`);
      }),
    post: (path, section, handler) =>
      table.post(path, async (step: PageFormStep) => {
        const entered = await entry.read(step.ctx);
        if (entered !== null) return handler({ ...adminStep(step, entered, section), form: step.form });
        await heldForms.keep(step.ctx, step.form);
        step.goTo(`${enterPath}?to=${encodeURIComponent(heldPath)}`);
      }),
    postFile: (path, section, { maximumBytes, againPath }, handler) =>
      table.postFile(path, maximumBytes, async (step) => {
        const entered = await entry.read(step.ctx);
        if (entered === null) return step.goTo(`${enterPath}?to=${encodeURIComponent(againPath)}`);
        await handler({ ...adminStep(step, entered, section), form: step.form, file: step.file });
      }),
  };
}
