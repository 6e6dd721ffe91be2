/** What a signal means to the daemon; the numbers are keepalived's, so that `kill -$(keepalived --signum=...)` keeps working. */
export type SignalMeaning =
  | 'reload'
  | 'stop'
  | 'dump'
  | 'statistics'
  | 'statistics-clear'
  | 'json'
  | 'out-of-time'
  | 'ignore';

export const SIGHUP = 1;
export const SIGINT = 2;
export const SIGKILL = 9;
export const SIGUSR1 = 10;
export const SIGUSR2 = 12;
export const SIGPIPE = 13;
export const SIGTERM = 15;
/** Half of RLIMIT_RTTIME has passed. */
export const SIGXCPU = 24;
/** SIGRTMIN + 2 of the C library, which keeps the first two real-time signals for itself. */
export const SIGJSON = 36;
/** SIGRTMAX - 1. */
export const SIGSTATS_CLEAR = 63;

/** Every signal that the processes take over, before anything else happens. */
export const signalMeanings: ReadonlyMap<number, SignalMeaning> = new Map<number, SignalMeaning>([
  [SIGHUP, 'reload'],
  [SIGINT, 'stop'],
  [SIGTERM, 'stop'],
  [SIGUSR1, 'dump'],
  [SIGUSR2, 'statistics'],
  [SIGJSON, 'json'],
  [SIGSTATS_CLEAR, 'statistics-clear'],
  [SIGXCPU, 'out-of-time'],
  [SIGPIPE, 'ignore'],
]);

/** keepalived's names for them, as `--signum` takes them. */
export const signalFunctions: ReadonlyMap<string, number> = new Map([
  ['STOP', SIGTERM],
  ['RELOAD', SIGHUP],
  ['DATA', SIGUSR1],
  ['STATS', SIGUSR2],
  ['STATS_CLEAR', SIGSTATS_CLEAR],
  ['JSON', SIGJSON],
]);
