/** Keeps node-oidc-provider's advice to developers off the terminal; every other line passes. */

/** Filters from now on. Must come before the library is loaded, which speaks while it loads. */
export function quietProviderNotices(target: Pick<Console, 'info' | 'warn'> = console): void {
  for (const level of ['info', 'warn'] as const) {
    const speak = target[level].bind(target);
    target[level] = (...words: unknown[]) => {
      if (typeof words[0] === 'string' && /oidc-provider (NOTICE|WARNING):/.test(words[0])) return;
      speak(...words);
    };
  }
}
