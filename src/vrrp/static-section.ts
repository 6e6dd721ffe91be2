import { passOver, readEachLine } from '../config/interpret.ts';
import { type ReadingContext, shortened } from '../config/reading-context.ts';
import { complain, type SectionContext } from '../config/section-context.ts';
import { located, type Statement, withWords } from '../config/tree.ts';
import { complainOf } from '../config/unread-words.ts';
import type {
  StaticAddress,
  StaticEntries,
  VirtualRoute,
  VirtualRouterConfiguration,
  VirtualRule,
} from './configuration.ts';
import { readRoute } from './route-section.ts';
import { type RulePreferences, readRule } from './rule-section.ts';
import { readVirtualAddress } from './virtual-address-section.ts';

/** The lines of static_ipaddress, static_routes and static_rules. */
export interface StaticDraft {
  readonly addresses: { readonly line: Statement; readonly address: StaticAddress }[];
  readonly routes: VirtualRoute[];
  readonly rules: VirtualRule[];
}

interface Draft {
  readonly vrrp: {
    readonly statics: StaticDraft;
    readonly rulePreferences: RulePreferences;
    readonly trackGroups: Map<string, ReadonlySet<string>>;
  };
}

export const staticRootReaders = {
  track_group: (statement: Statement, { vrrp }: Draft, context: SectionContext): void => {
    const name = statement.words[1]?.text;
    if (name === undefined) {
      const hint = 'write "track_group NAME {"; it is passed over';
      complain(context, located(statement), 'missing-name', 'track_group needs a name', hint);
      return;
    }
    passOver(statement, context.root, context);
    if (vrrp.trackGroups.has(name)) return;
    const groups = statement.block!.statements.filter(({ words }) => words[0]?.text === 'group');
    const members = groups.flatMap(({ block }) => block?.statements.flatMap(({ words }) => words) ?? []);
    vrrp.trackGroups.set(name, new Set(members.map(({ text }) => text)));
  },
  static_ipaddress: (statement: Statement, { vrrp }: Draft, context: SectionContext): void =>
    readEachLine(statement, vrrp.statics.addresses, line => {
      const address = readStaticAddress(line, context);
      return address && { line, address };
    }),
  static_routes: (statement: Statement, { vrrp }: Draft, context: SectionContext): void =>
    readEachLine(statement, vrrp.statics.routes, line => readRoute(line, true, context)),
  static_rules: (statement: Statement, { vrrp }: Draft, context: SectionContext): void =>
    readEachLine(statement, vrrp.statics.rules, line => readRule(line, true, vrrp.rulePreferences, context)),
};

/** A static address is written as a virtual one, with a group to tell when it is lost. */
function readStaticAddress(line: Statement, context: ReadingContext): StaticAddress | undefined {
  const place = line.words.findIndex(({ text }) => text === 'track_group');
  const group = line.words[place + 1];
  const isKnown = group !== undefined && context.defined().trackGroups.has(group.text);
  if (place >= 0 && !group) complainOf(line, line.words[place], context, '"track_group" has no value');
  else if (place >= 0 && !isKnown) {
    complainOf(line, group, context, `there is no track_group "${shortened(group!.text)}"`);
  }
  const words = place < 0 ? line.words : [...line.words.slice(0, place), ...line.words.slice(place + 2)];
  if (words.length === 0) return undefined;
  const virtualMac = words.find(({ text }) => text === 'use_vmac');
  if (virtualMac) complainOf(line, virtualMac, context, '"use_vmac" is for virtual addresses');
  const address = readVirtualAddress(
    withWords(
      line,
      words.filter(word => word !== virtualMac),
    ),
    context,
  );
  return address && { ...address, trackGroup: place >= 0 && isKnown ? group.text : undefined };
}

/** Addresses that say nothing of an interface are on the default one. */
export function completeStaticAddresses(
  { addresses }: StaticDraft,
  defaultInterface: string,
  context: SectionContext,
): readonly StaticAddress[] {
  return addresses.map(({ line, address }) => {
    if (address.interface !== undefined) return address;
    if (context.interfaceNames?.has(defaultInterface) === false && !context.dynamicInterfaces) {
      const message = `the address has no interface, and "${defaultInterface}" does not exist`;
      const hint = 'add "dev", or default_interface to global_defs';
      complain(context, located(line), 'no-such-interface', message, hint, true);
    }
    return { ...address, interface: defaultInterface };
  });
}

/**
 * The instance with the interfaces of what it depends on besides its addresses: its own tracked routes and rules, and the
 * static entries whose track_group names it.
 */
export function withDependencies(
  instance: VirtualRouterConfiguration,
  { addresses, routes, rules }: StaticEntries,
  trackGroups: ReadonlyMap<string, ReadonlySet<string>>,
): VirtualRouterConfiguration {
  const isOurs = ({ trackGroup }: { readonly trackGroup: string | undefined }): boolean =>
    trackGroup !== undefined && trackGroups.get(trackGroup)?.has(instance.name) === true;
  const isTracked = ({ noTrack }: { readonly noTrack: boolean }): boolean => !noTrack;
  const names = [
    ...[...(instance.routes ?? []).filter(isTracked), ...routes.filter(isOurs)].map(({ device }) => device),
    ...[...(instance.rules ?? []).filter(isTracked), ...rules.filter(isOurs)].map(rule => rule.inputInterface),
    ...addresses.filter(isOurs).map(address => address.interface),
  ];
  const interfaces = [...new Set(names)].filter(name => name !== undefined && name !== instance.interface);
  return interfaces.length === 0 ? instance : { ...instance, dependsOnInterfaces: interfaces as string[] };
}
