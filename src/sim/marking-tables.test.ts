import { describe } from 'vitest';
import { describeMarking } from '../ports/marking.testkit.ts';
import { MarkingTables } from './marking-tables.ts';

describe('tables that mark packets, in the simulator', () => describeMarking(() => new MarkingTables()));
