/** The demo accounts: who they are and what each has at the start. Making them is seed.ts's. */
import type { QuestionId } from '../security-info/methods/question-pool.ts';
import type { MethodType } from '../security-info/record.ts';

/** The password of every demo account. */
export const demoPassword = 'try-it-out-now';

/** An answer to a question of the predefined pool, as somebody would type it. */
export interface DemoAnswer {
  readonly questionId: QuestionId;
  readonly answer: string;
}

/** A method of a demo account. */
export type DemoMethod =
  | { readonly type: 'authenticator_app' }
  | { readonly type: 'security_questions'; readonly answers: readonly DemoAnswer[] }
  | {
      readonly type: Exclude<MethodType, 'authenticator_app' | 'security_questions'>;
      /** As the method's contract spells it. Numbers are of ranges that are kept for examples and films. */
      readonly address: string;
    };

/** What a demo account has at the start. */
export interface DemoAccount {
  readonly loginName: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly isAdmin?: boolean;
  readonly groups?: readonly string[];
  readonly methods: readonly DemoMethod[];
  /** How many days ago they were verified; null where an admin has filled them in and nobody has proved them. */
  readonly verifiedDaysAgo: number | null;
  /** How many days ago a first snooze was taken; absent where none was. */
  readonly snoozedDaysAgo?: number;
  /** What to try, for the terminal. */
  readonly story: string;
}

/** In English each is 'demo' and the last word of its question, so that nobody has to look them up. */
export const demoAnswers: readonly DemoAnswer[] = [
  { questionId: 'first_teacher', answer: 'demo teacher' },
  { questionId: 'first_car', answer: 'demo car' },
  { questionId: 'first_concert', answer: 'demo concert' },
  { questionId: 'learned_to_swim', answer: 'demo swim' },
  { questionId: 'learned_to_cycle', answer: 'demo bicycle' },
];

const app: DemoMethod = { type: 'authenticator_app' };
const mailbox = (name: string): DemoMethod => ({ type: 'email', address: `${name}@home.example` });

/** Every demo account, in the order to try them. */
export const demoAccounts: readonly DemoAccount[] = [
  {
    loginName: 'new',
    givenName: 'Nora',
    familyName: 'New',
    methods: [],
    verifiedDaysAgo: null,
    story: 'nothing registered: the sign-in is interrupted until two methods are set up',
  },
  {
    loginName: 'expired',
    givenName: 'Emil',
    familyName: 'Expired',
    methods: [app, mailbox('emil')],
    verifiedDaysAgo: 200,
    story: 'last confirmed 200 days ago: asked whether it is all still right',
  },
  {
    loginName: 'current',
    givenName: 'Clara',
    familyName: 'Current',
    methods: [app, mailbox('clara')],
    verifiedDaysAgo: 10,
    story: 'fully up to date: signed in without a word; try "Manage my security info"',
  },
  {
    loginName: 'short',
    givenName: 'Omar',
    familyName: 'Short',
    methods: [mailbox('omar')],
    verifiedDaysAgo: 10,
    story: 'one method too few: only what is missing is asked for, after a proof of the one',
  },
  {
    loginName: 'prefilled',
    givenName: 'Petra',
    familyName: 'Prefilled',
    methods: [
      { type: 'mobile_phone', address: '+46701740615' },
      { type: 'office_phone', address: '+12025550142;ext=217' },
    ],
    verifiedDaysAgo: null,
    story: 'a mobile and an office phone, filled in by an admin: to be confirmed by a code',
  },
  {
    loginName: 'later',
    givenName: 'Lars',
    familyName: 'Later',
    groups: ['field-staff'],
    methods: [],
    verifiedDaysAgo: null,
    snoozedDaysAgo: 2,
    story: 'group field-staff: nothing registered, but "Remind me later" can be chosen twice more',
  },
  {
    loginName: 'finance',
    givenName: 'Fiona',
    familyName: 'Finance',
    groups: ['finance'],
    methods: [app, mailbox('fiona')],
    verifiedDaysAgo: 10,
    story: 'group finance: three methods, proved each month, and a question of its own',
  },
  {
    loginName: 'payroll',
    givenName: 'Paul',
    familyName: 'Payroll',
    groups: ['payroll'],
    methods: [app, mailbox('paul'), { type: 'mobile_phone', address: '+46701740625' }],
    verifiedDaysAgo: 10,
    story: 'group payroll: up to date; "Forgot password?" takes two methods',
  },
  {
    loginName: 'every',
    givenName: 'Eve',
    familyName: 'Every',
    methods: [
      app,
      { type: 'mobile_phone', address: '+46701740605' },
      { type: 'alternate_phone', address: '+33199001234' },
      { type: 'office_phone', address: '+12025550117' },
      mailbox('eve'),
      { type: 'security_questions', answers: demoAnswers },
    ],
    verifiedDaysAgo: 10,
    story: 'every method; each answer is "demo" and the last word of its question: demo car',
  },
  {
    loginName: 'admin',
    givenName: 'Ada',
    familyName: 'Admin',
    isAdmin: true,
    methods: [app, mailbox('ada')],
    verifiedDaysAgo: 10,
    story: 'an administrator, up to date: the console, after a proof of the app or the mailbox',
  },
];
