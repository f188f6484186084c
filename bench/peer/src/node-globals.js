// Names that libraries written for Node take for granted.
import { Buffer } from "node:buffer";
import process from "node:process";

export { Buffer, process };
