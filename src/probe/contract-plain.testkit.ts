import type { ProbeEndpoint, ProbeFailure, ProbeSpec } from '../ports/probe.ts';
import {
  anything,
  type ContractCase,
  closed,
  failedBy,
  passed,
  readTimeout,
  resetting,
  type ServerPlan,
  type ServerStep,
  silent,
  stream,
  wasReset,
} from './contract.testkit.ts';

const strange: ProbeFailure = { type: 'protocol', excerpt: anything };

const tcp = (endpoint: ProbeEndpoint): ProbeSpec => ({ type: 'tcp', endpoint });
const smtp = (endpoint: ProbeEndpoint): ProbeSpec => ({ type: 'smtp', endpoint, heloName: 'probe.example.org' });
const dns = (endpoint: ProbeEndpoint): ProbeSpec => ({ type: 'dns', endpoint, queryType: 6, name: 'example.org' });
const udp =
  (more: Partial<Extract<ProbeSpec, { type: 'udp' }>>) =>
  (endpoint: ProbeEndpoint): ProbeSpec => ({
    type: 'udp',
    endpoint,
    payload: Uint8Array.of(1, 2, 3),
    requireReply: false,
    reply: undefined,
    minimumReplyLength: 0,
    maximumReplyLength: 255,
    ...more,
  });

function dnsReply(flags: number, answers = 0): Uint8Array {
  return Uint8Array.of(flags >> 8, flags & 0xff, 0, 1, 0, answers, 0, 0, 0, 0);
}
const datagrams = (...answers: { id: boolean; bytes: Uint8Array }[]): ServerPlan => ({ type: 'datagram', answers });

export const tcpCases: readonly ContractCase[] = [
  { name: 'a connection is enough', server: silent, spec: tcp, expected: passed },
  {
    name: 'refused',
    server: { type: 'refusing' },
    spec: tcp,
    expected: failedBy({ type: 'connection', error: 'ECONNREFUSED' }),
  },
  {
    name: 'no answer',
    server: { type: 'unanswering' },
    spec: tcp,
    expected: failedBy({ type: 'timeout', during: 'connect' }),
  },
];

const greeted: readonly ServerStep[] = [
  { say: '220 mx.example.org ESMTP\r\n' },
  { hear: 'HELO probe.example.org\r\n' },
];
export const smtpCases: readonly ContractCase[] = [
  {
    name: 'greeting, HELO, QUIT',
    server: stream(
      ...greeted,
      { say: '250 mx.example.org\r\n' },
      { hear: 'QUIT\r\n' },
      { say: '221 bye\r\n' },
      { hangUp: true },
    ),
    spec: smtp,
    expected: { failure: undefined, excerpt: '250 mx.example.org' },
  },
  {
    name: 'replies of several lines, in pieces',
    server: stream(
      { say: '220-one\r\n220-two\r\n22' },
      { say: '0 three\r\n' },
      { hear: 'HELO' },
      { say: '250-a\r\n250 b\r\n' },
      { hear: 'QUIT' },
      { say: '221 bye\r\n' },
      { hangUp: true },
    ),
    spec: smtp,
    expected: passed,
  },
  {
    name: 'whatever QUIT yields',
    server: stream(...greeted, { say: '250 ok\r\n' }, { hear: 'QUIT\r\n' }, { say: '500 what\r\n' }),
    spec: smtp,
    expected: passed,
  },
  { name: 'no answer to QUIT', server: stream(...greeted, { say: '250 ok\r\n' }), spec: smtp, expected: readTimeout },
  {
    name: 'half an answer to QUIT',
    server: stream(...greeted, { say: '250 ok\r\n' }, { hear: 'QUIT\r\n' }, { say: '221' }, { hangUp: true }),
    spec: smtp,
    expected: closed,
  },
  {
    name: 'a reset after QUIT',
    server: stream(...greeted, { say: '250 ok\r\n' }, { hear: 'QUIT\r\n' }, { reset: true }),
    spec: smtp,
    expected: wasReset,
  },
  {
    name: 'a bad greeting',
    server: stream({ say: '554 go away\r\n' }),
    spec: smtp,
    expected: { failure: { type: 'status', status: 554, to: 'connection' }, excerpt: '554 go away' },
  },
  {
    name: 'a refused HELO',
    server: stream(...greeted, { say: '550 not you\r\n' }),
    spec: smtp,
    expected: failedBy({ type: 'status', status: 550, to: 'HELO' }),
  },
  {
    name: 'another protocol',
    server: stream({ say: 'SSH-2.0-OpenSSH_9.2\r\n' }),
    spec: smtp,
    expected: failedBy({ type: 'protocol', excerpt: 'SSH-2.0-OpenSSH_9.2' }),
  },
  {
    name: 'refused',
    server: { type: 'refusing' },
    spec: smtp,
    expected: failedBy({ type: 'connection', error: 'ECONNREFUSED' }),
  },
  { name: 'silent', server: silent, spec: smtp, expected: readTimeout },
  { name: 'silent after HELO', server: stream(...greeted), spec: smtp, expected: readTimeout },
  { name: 'half a greeting', server: stream({ say: '220 m' }, { hangUp: true }), spec: smtp, expected: closed },
  { name: 'reset', server: resetting, spec: smtp, expected: wasReset },
  {
    name: 'an endless greeting',
    server: stream({ endlessly: '220-more\r\n'.repeat(2_000) }),
    spec: smtp,
    expected: { failure: { type: 'protocol', excerpt: expect120('220-more ') } },
  },
];

export const dnsCases: readonly ContractCase[] = [
  {
    name: 'an answer',
    server: datagrams({ id: true, bytes: dnsReply(0x8180, 1) }),
    spec: dns,
    expected: { failure: undefined, excerpt: 'rcode 0, 1 answers' },
  },
  { name: 'an empty answer', server: datagrams({ id: true, bytes: dnsReply(0x8180) }), spec: dns, expected: passed },
  {
    name: 'a failure',
    server: datagrams({ id: true, bytes: dnsReply(0x8182) }),
    spec: dns,
    expected: failedBy({ type: 'rcode', rcode: 2 }),
  },
  {
    name: 'a question instead of an answer',
    waits: true,
    server: datagrams({ id: true, bytes: dnsReply(0x0100) }),
    spec: dns,
    expected: { failure: strange },
  },
  {
    name: 'the answer to another question',
    waits: true,
    server: datagrams({ id: false, bytes: Uint8Array.of(0, 0, ...dnsReply(0x8180)) }),
    spec: dns,
    expected: { failure: strange },
  },
  {
    name: 'the right answer behind a wrong one',
    server: datagrams({ id: false, bytes: Uint8Array.of(9) }, { id: true, bytes: dnsReply(0x8180) }),
    spec: dns,
    expected: passed,
  },
  { name: 'silent', server: datagrams(), spec: dns, expected: readTimeout },
  {
    name: 'refused',
    server: { type: 'refusing' },
    spec: dns,
    expected: failedBy({ type: 'connection', error: 'ECONNREFUSED' }),
  },
];

const reply = (...bytes: number[]): ServerPlan => datagrams({ id: false, bytes: Uint8Array.from(bytes) });
export const udpCases: readonly ContractCase[] = [
  { name: 'silence is well', waits: true, server: datagrams(), spec: udp({}), expected: passed },
  { name: 'any reply is well', server: reply(1, 2), spec: udp({}), expected: passed },
  {
    name: 'refused',
    server: { type: 'refusing' },
    spec: udp({}),
    expected: failedBy({ type: 'connection', error: 'ECONNREFUSED' }),
  },
  {
    name: 'silence where a reply is required',
    server: datagrams(),
    spec: udp({ requireReply: true }),
    expected: readTimeout,
  },
  { name: 'a required reply', server: reply(1), spec: udp({ requireReply: true }), expected: passed },
  {
    name: 'a reply that begins as required',
    server: reply(0x12, 0x3f, 9),
    spec: udp({ requireReply: true, reply: [1, 2, 3, undefined] }),
    expected: passed,
  },
  {
    name: 'a reply that begins otherwise',
    server: reply(0x13, 0x3f),
    spec: udp({ requireReply: true, reply: [1, 2, 3, undefined] }),
    expected: failedBy({ type: 'reply' }),
  },
  {
    name: 'a reply that ends early agrees as far as it goes',
    server: reply(0x12),
    spec: udp({ requireReply: true, reply: [1, 2, 3, undefined] }),
    expected: passed,
  },
  {
    name: 'a reply too short',
    server: reply(0x12),
    spec: udp({ requireReply: true, reply: [1, 2, 3], minimumReplyLength: 2 }),
    expected: failedBy({ type: 'reply' }),
  },
  {
    name: 'a reply too long',
    server: reply(0x12, 2, 3),
    spec: udp({ requireReply: true, reply: [1], maximumReplyLength: 2 }),
    expected: failedBy({ type: 'reply' }),
  },
  {
    name: 'lengths are no matter where no data are expected',
    server: reply(1, 2, 3),
    spec: udp({ requireReply: true, minimumReplyLength: 9, maximumReplyLength: 2 }),
    expected: passed,
  },
];

function expect120(text: string): string {
  return text.repeat(20).slice(0, 120).trim();
}
