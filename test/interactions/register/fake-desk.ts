/** A Desk that answers what a test says and writes down what it was asked. */
import type {
  Desk,
  DraftView,
  MethodView,
  OfferView,
  Overview,
  ProofView,
  Visit,
} from '../../../security-info/desk.ts';
import { MethodNotFound, NothingPending } from '../../../security-info/errors.ts';
import type { OwnDesk } from '../../../security-info/own-desk.ts';

/** What was asked of the desk: the name of the function and its arguments without the visit. */
export interface Asked {
  readonly what: string;
  readonly arguments: readonly unknown[];
}

/** A desk in a test. */
export interface FakeDesk extends Desk {
  readonly asked: Asked[];
}

/** The offer of the authenticator app. */
export const appOffer: OfferView = {
  type: 'authenticator_app',
  fields: [{ name: 'name', inputType: 'text', autocomplete: 'off', isRequired: false, maximumLength: 40 }],
  proof: 'generated_code',
  hasOne: false,
  isLimitReached: false,
};

/** The offer of the e-mail address. */
export const emailOffer: OfferView = {
  type: 'email',
  fields: [
    { name: 'address', inputType: 'email', autocomplete: 'email', isRequired: true, maximumLength: 254 },
  ],
  proof: 'sent_code',
  hasOne: false,
  isLimitReached: false,
};

/** A verified e-mail address that counts, or what a test makes of it. */
export function methodView(changes: Partial<MethodView> = {}): MethodView {
  return {
    id: 'mail-1',
    type: 'email',
    name: null,
    maskedAddress: 'n•••a@home.example',
    isPrefilled: false,
    isVerified: true,
    counts: true,
    mustBeProvedAnew: false,
    isNoLongerOffered: false,
    verifiedAt: new Date('2026-02-03T10:00:00Z'),
    confirmedAt: new Date('2026-02-03T10:00:00Z'),
    lastUsedAt: null,
    isPreferred: false,
    dueAt: new Date('2026-08-02T10:00:00Z'),
    isDueForReview: false,
    isReviewed: false,
    coolingOffUntilAt: null,
    isNeeded: false,
    isReachable: true,
    reviewBy: 'acknowledge',
    isSetByAdmin: false,
    isTooLittle: false,
    isSameAsAnother: false,
    ...changes,
  };
}

/** An authenticator app that counts, or what a test makes of it. */
export function appView(changes: Partial<MethodView> = {}): MethodView {
  return methodView({
    id: 'app_1',
    type: 'authenticator_app',
    name: 'work phone',
    maskedAddress: null,
    ...changes,
  });
}

/** The overview of an account that has nothing, or what a test makes of it. */
export function overviewView(changes: Partial<Overview> = {}): Overview {
  return {
    status: { kind: 'registration_required', required: 2, counted: 0, missing: 2 },
    methods: [],
    offers: [appOffer, emailOffer],
    required: 2,
    counted: 0,
    missing: 2,
    canFinish: false,
    isReview: false,
    nextDueAt: null,
    proofNeeded: false,
    canProve: false,
    snooze: null,
    closedUntilAt: null,
    ...changes,
  };
}

/** The overview of an account with all that is asked, or what a test makes of it. */
export function completeView(changes: Partial<Overview> = {}): Overview {
  return overviewView({
    status: { kind: 'satisfied', nextDueAt: new Date('2027-05-03T10:00:00Z') },
    methods: [appView(), methodView()],
    offers: [
      { ...appOffer, hasOne: true },
      { ...emailOffer, hasOne: true, isLimitReached: true },
    ],
    counted: 2,
    missing: 0,
    canFinish: true,
    canProve: true,
    nextDueAt: new Date('2027-05-03T10:00:00Z'),
    ...changes,
  });
}

/** The overview of an account whose review is open. */
export function reviewView(changes: Partial<Overview> = {}): Overview {
  return completeView({
    status: { kind: 'reconfirmation_due', reason: 'interval', dueAt: new Date('2026-08-02T10:00:00Z') },
    methods: [appView({ isDueForReview: true }), methodView({ isDueForReview: true })],
    canFinish: false,
    isReview: true,
    ...changes,
  });
}

/** The draft of an e-mail address. */
export const emailDraft: DraftView = {
  id: 'draft-1',
  type: 'email',
  proof: 'sent_code',
  maskedAddress: 'n•••a@home.example',
  channel: 'mail',
  channels: ['mail'],
  questions: [],
  setup: null,
  replaces: null,
};

/** The draft of an authenticator app. */
export const appDraft: DraftView = {
  id: 'draft-2',
  type: 'authenticator_app',
  proof: 'generated_code',
  maskedAddress: null,
  channel: null,
  channels: [],
  questions: [],
  setup: {
    key: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
    uri: 'otpauth://totp/Service:nina?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Service',
  },
  replaces: null,
};

/** The proof of an address by mail, or of an app. */
export function proofView(method: MethodView, isSent: boolean, changes: Partial<ProofView> = {}): ProofView {
  const isMail = method.type === 'email';
  return {
    method,
    proof: isMail ? 'sent_code' : 'generated_code',
    channel: isMail && isSent ? 'mail' : null,
    channels: isMail ? ['mail'] : [],
    questions: [],
    isSent,
    ...changes,
  };
}

/** Makes a desk that shows this overview; everything else succeeds unless the test says otherwise. */
export function fakeDesk(overview: Overview, answers: Partial<Desk> = {}): FakeDesk {
  const proofOf = async (methodId: string, isSent: boolean): Promise<ProofView> => {
    const method = overview.methods.find(({ id }) => id === methodId);
    if (method === undefined) throw new MethodNotFound();
    return proofView(method, isSent);
  };
  const plain: Desk = {
    overview: async () => overview,
    beginRegistration: async (_visit, type) => (type === 'email' ? emailDraft : appDraft),
    readDraft: async () => {
      throw new NothingPending();
    },
    resendDraftCode: async () => ({ ...emailDraft, isSameCode: true }),
    finishRegistration: async () => undefined,
    abandonRegistration: async () => undefined,
    readProof: (_visit, methodId) => proofOf(methodId, false),
    sendProofCode: async (_visit, methodId) => ({ ...(await proofOf(methodId, true)), isSameCode: true }),
    prove: async () => undefined,
    useAccessPass: async () => undefined,
    removeMethod: async () => undefined,
    acknowledge: async () => undefined,
    finish: async () => ({ provedAmr: ['otp'], nextDueAt: null }),
    snooze: async () => ({ provedAmr: [] }),
    cancel: async () => undefined,
  };
  const asked: Asked[] = [];
  const desk: Desk = { ...plain, ...answers };
  const noted =
    <Values extends readonly unknown[], Answer>(
      what: keyof Desk,
      answer: (visit: Visit, ...values: Values) => Answer,
    ) =>
    (visit: Visit, ...values: Values): Answer => {
      asked.push({ what, arguments: values });
      return answer(visit, ...values);
    };
  return {
    asked,
    overview: noted('overview', desk.overview),
    beginRegistration: noted('beginRegistration', desk.beginRegistration),
    readDraft: noted('readDraft', desk.readDraft),
    resendDraftCode: noted('resendDraftCode', desk.resendDraftCode),
    finishRegistration: noted('finishRegistration', desk.finishRegistration),
    abandonRegistration: noted('abandonRegistration', desk.abandonRegistration),
    readProof: noted('readProof', desk.readProof),
    sendProofCode: noted('sendProofCode', desk.sendProofCode),
    prove: noted('prove', desk.prove),
    useAccessPass: noted('useAccessPass', desk.useAccessPass),
    removeMethod: noted('removeMethod', desk.removeMethod),
    acknowledge: noted('acknowledge', desk.acknowledge),
    finish: noted('finish', desk.finish),
    snooze: noted('snooze', desk.snooze),
    cancel: noted('cancel', desk.cancel),
  };
}

/** Makes a desk of the user's own account; everything succeeds unless the test says otherwise. */
export function fakeOwnDesk(answers: Partial<OwnDesk> = {}): OwnDesk {
  const signedInAt = new Date();
  return {
    adminProofAt: async () => null,
    nameMethod: async () => undefined,
    preferMethod: async () => undefined,
    stopPreferring: async () => undefined,
    recentActivity: async () => [
      {
        type: 'signed_in',
        at: new Date('2026-02-10T10:00:00Z'),
        actor: 'user',
        result: 'success',
        methodType: null,
        callerAddress: '192.0.2.77',
        clientId: 'app',
        device: 'firefox/phone',
        clientName: null,
      },
      {
        type: 'method_prefilled',
        at: new Date('2026-02-09T10:00:00Z'),
        actor: 'admin:42',
        result: 'success',
        methodType: 'email',
        callerAddress: null,
        clientId: null,
        device: null,
        clientName: null,
      },
    ],
    signOutElsewhere: async () => ({ signedInAt }),
    isPasswordProved: async () => false,
    changePassword: async (visit) => ({ signedInAt, account: visit.account }),
    ...answers,
  };
}
