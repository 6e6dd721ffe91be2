import { failed, ok, type Result } from '../base/result.ts';
import { attributeText, decodeAttributes } from './attribute.ts';
import { messageFlag, type NetlinkMessage, type NetlinkProblem, viewOf } from './message.ts';
import type { MessageWriter } from './message-writer.ts';

/**
 * Generic netlink: families share one protocol, and each is found by its name. Every message begins with a command and
 * the version of the family's interface.
 */

export const genericHeaderLength = 4;
/** GENL_ID_CTRL: the family that knows the others. */
const controlFamily = 0x10;
const controlVersion = 2;
const controlCommand = { newFamily: 1, getFamily: 3 } as const;
const controlAttribute = { familyId: 1, familyName: 2 } as const;

/** Begins a message; attributes and `writer.end()` follow. `flags` besides NLM_F_REQUEST. */
export function beginGeneric(
  writer: MessageWriter,
  family: number,
  command: number,
  version: number,
  flags: number,
  sequence: number,
): void {
  writer.begin(family, messageFlag.request | flags, sequence);
  writer.append([command, version, 0, 0]);
}

/** The command of a generic message; undefined if its body is too short to have one. */
export function genericCommand(message: NetlinkMessage): number | undefined {
  return message.body.length < genericHeaderLength ? undefined : message.body[0];
}

/**
 * Asks for the number of a family. A kernel that has the family as a module loads it now, if whoever asks may cause that;
 * ENOENT says that there is none.
 */
export function encodeFamilyRequest(writer: MessageWriter, name: string, sequence: number): void {
  beginGeneric(writer, controlFamily, controlCommand.getFamily, controlVersion, messageFlag.acknowledge, sequence);
  writer.attributeText(controlAttribute.familyName, name);
  writer.end();
}

export interface GenericFamily {
  readonly name: string;
  /** The message type of everything said to it and by it. */
  readonly id: number;
}

/** Reads the answer to encodeFamilyRequest. */
export function decodeFamily(message: NetlinkMessage): Result<GenericFamily, NetlinkProblem> {
  const command = genericCommand(message);
  if (command === undefined) return failed('message-body-truncated');
  if (message.type !== controlFamily || command !== controlCommand.newFamily) return failed('attribute-missing');
  const attributes = decodeAttributes(message.body, genericHeaderLength);
  if (attributes.problem) return failed(attributes.problem);
  const id = attributes.byType.get(controlAttribute.familyId);
  const name = attributeText(attributes, controlAttribute.familyName);
  if (!id || name === undefined) return failed('attribute-missing');
  if (id.length !== 2) return failed('attribute-malformed');
  return ok({ name, id: viewOf(id).getUint16(0, true) });
}
