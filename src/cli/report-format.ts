/** How findings are written: for people, for programs of one's own, for code review tools. */
export type ReportFormat = 'text' | 'json' | 'sarif';
