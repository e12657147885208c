import type { ErrorCode } from '../../preload/bridge';

/** Whether it is the server's password that is missing. */
export const asksPassword = (code: ErrorCode | null | undefined): boolean =>
  code === 'password-required' || code === 'password-wrong';
