/** What the pages of the console work with: the same desks as the API's, for a page does nothing that the API cannot. */
import type { ApiParts } from '../api/parts.ts';

/** What the pages are given. */
export type ConsoleParts = ApiParts;
