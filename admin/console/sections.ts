/** The sections of the console, in the order of its navigation. */

/** Every section and where it begins, under `/admin`. */
export const sections = {
  overview: '',
  people: '/people',
  policies: '/policies',
  campaigns: '/campaigns',
  imports: '/imports',
  audit: '/audit',
  jobs: '/jobs',
} as const;

/** A section of the console. */
export type SectionName = keyof typeof sections;
