/**
 * The pages of the device flow (RFC 8628 §3.3): entering the code, confirming the device, the end. What the code
 * stands for, and all that is between, is node-oidc-provider's.
 */
import type { Context } from 'koa';
import type { Pages } from '../shell/pages.ts';
import { readDeviceForm } from './device-form.ts';

/** The app on the device, as its page names it. */
export interface DeviceClient {
  readonly clientId: string;
  readonly clientName?: string | undefined;
}

/** Pages for node-oidc-provider's `features.deviceFlow`. */
export interface DevicePages {
  /**
   * `userCodeInputSource`: a field for the code, with what was wrong with the last one.
   * @param form the library's form
   * @param error what the library caught, if anything
   */
  userCodeInput(ctx: Context, form: string, error?: unknown): Promise<void>;
  /** `userCodeConfirmSource`: whether this is the code that the device shows. */
  userCodeConfirm(ctx: Context, form: string, client: DeviceClient, userCode: string): Promise<void>;
  /** `successSource`: the device is signed in. */
  deviceSuccess(ctx: Context, clientName: string | null): Promise<void>;
}

/** What the code field has to say, by the name of the library's error. */
const fieldProblems: Readonly<Record<string, string>> = {
  NoCodeError: 'missing',
  NotFoundError: 'wrong',
  ExpiredError: 'expired',
  AlreadyUsedError: 'used',
};

/** The library reads a user code of any length; one that no device shows is not repeated on the page. */
const maximumCodeLength = 40;

/** Makes the pages. */
export function createDevicePages(pages: Pick<Pages, 'show' | 'words'>): DevicePages {
  return {
    userCodeInput: async (ctx, form, error) => {
      const { action, xsrf, userCode } = readDeviceForm(form);
      const told = tell(error);
      await pages.show(
        ctx,
        'device/code',
        {
          action,
          xsrf,
          userCode: userCode.length > maximumCodeLength ? '' : userCode,
          isCancelled: told.isCancelled,
          fieldProblem: told.field === null ? null : pages.words(ctx).text(`device.problem.${told.field}`),
          problem: told.page === null ? null : pages.words(ctx).text(`device.problem.${told.page}`),
        },
        { status: told.status },
      );
    },
    userCodeConfirm: async (ctx, form, client, userCode) => {
      const { action, xsrf, userCode: typedCode } = readDeviceForm(form);
      const clientName = client.clientName ?? client.clientId;
      await pages.show(ctx, 'device/confirm', { action, xsrf, typedCode, clientName, userCode });
    },
    deviceSuccess: (ctx, clientName) => pages.show(ctx, 'device/success', { clientName }),
  };
}

interface Told {
  readonly status: number;
  readonly isCancelled: boolean;
  /** The end of the key of what stands beside the field. */
  readonly field: string | null;
  /** The end of the key of what stands above the form. */
  readonly page: string | null;
}

function tell(error: unknown): Told {
  const nothing = { status: 200, isCancelled: false, field: null, page: null };
  if (!(error instanceof Error)) return nothing;
  const field = fieldProblems[error.name];
  if (field !== undefined) return { ...nothing, status: 422, field };
  if (error.name === 'AbortedError') return { ...nothing, isCancelled: true };
  // Its anti-forgery token or its session is gone: too late, another browser, or no cookies.
  if (error.name === 'InvalidRequest') return { ...nothing, status: 400, page: 'form_expired' };
  if (error.name === 'SessionNotFound') return { ...nothing, status: 400, page: 'interaction_gone' };
  return { ...nothing, status: statusOf(error), page: 'unexpected' };
}

/** The library's own errors carry the status to answer with. */
function statusOf(error: Error): number {
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}
