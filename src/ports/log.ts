/** Severities of syslog(3), most urgent first. */
export type LogLevel = 'emergency' | 'alert' | 'critical' | 'error' | 'warning' | 'notice' | 'info' | 'debug';

/** Accepts a line and returns at once; never blocks and never throws. */
export interface Log {
  write(level: LogLevel, text: string): void;
}
