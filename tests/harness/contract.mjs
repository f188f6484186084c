// Holds every reply against the OpenAPI 3.1 document that the system serves: path, method and status
// are documented, the body has the documented form and nothing besides.
import assert from "node:assert/strict";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export class Contract {
  #document;
  #ajv;
  #paths;
  #checks = new Map();

  constructor(document) {
    this.#document = document;
    this.#ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(this.#ajv);
    // Numbers' widths are no formats of JSON Schema.
    for (const width of ["int32", "int64", "uint32", "uint64", "uint8"]) this.#ajv.addFormat(width, true);
    const components = Object.entries(document.components?.schemas ?? {});
    const schemas = Object.fromEntries(components.map(([name, schema]) => [name, this.#inside(schema)]));
    this.#ajv.addSchema({ $id: "https://contract.test/", components: { schemas } });
    this.#paths = Object.keys(document.paths).map((template) => ({ template, match: matcher(template) }));
    // A fixed path wins over one with a parameter.
    this.#paths.sort((a, b) => a.template.split("{").length - b.template.split("{").length);
  }

  get document() {
    return this.#document;
  }

  /** Every documented operation: `{template, method, operation}`. */
  operations() {
    return Object.entries(this.#document.paths).flatMap(([template, item]) =>
      Object.entries(item)
        .filter(([method]) => ["get", "post", "put", "patch", "delete", "head"].includes(method))
        .map(([method, operation]) => ({ template, method: method.toUpperCase(), operation })),
    );
  }

  check(request, reply) {
    const path = request.path.split(/[?#]/)[0];
    if (path.startsWith("/api/") || path.startsWith("/.well-known/") || path === "/health") {
      assert.match(reply.requestId ?? "", /^[\w-]{8,64}$/, `X-Request-Id on every answer; headers: ${JSON.stringify([...reply.headers])}`);
    }
    const found = this.#paths.find(({ match }) => match.test(path));
    if (!found) return;
    const name = `${request.method} ${found.template} → ${reply.status}`;
    const operation = this.#document.paths[found.template][request.method.toLowerCase()];
    if (!operation) {
      if (reply.status === 405) this.validate({ $ref: "#/components/schemas/Error" }, reply.body, name);
      return;
    }
    let answer = operation.responses[reply.status] ?? operation.responses.default;
    assert.ok(answer, `${name}: this status is not in the OpenAPI document`);
    if (answer.$ref) answer = this.#resolve(answer.$ref);
    if (reply.status === 304 || reply.status === 204) return assert.equal(reply.text, "", `${name} has no body`);
    const type = (reply.headers.get("content-type") ?? "").split(";")[0];
    const media = answer.content?.[type];
    assert.ok(media, `${name}: the content type ${type || "(none)"} is not in the OpenAPI document`);
    if (media.schema && /json$/.test(type)) this.validate(media.schema, reply.body, name);
  }

  /** Fails unless the value has the form of the schema. */
  validate(schema, value, name) {
    const key = schema.$ref ?? schema;
    if (!this.#checks.has(key)) this.#checks.set(key, this.#ajv.compile(this.#closed(this.#inside(schema))));
    const check = this.#checks.get(key);
    const problems = check(value)
      ? []
      : check.errors.map((one) => `${one.instancePath || "/"} ${one.message} ${JSON.stringify(one.params)}`);
    assert.deepEqual(problems, [], `${name}: not as documented: ${problems.join("; ")}`);
  }

  component(name) {
    assert.ok(this.#document.components.schemas[name], `no schema ${name} in the OpenAPI document`);
    return { $ref: `#/components/schemas/${name}` };
  }

  #resolve(ref) {
    return ref
      .slice(2)
      .split("/")
      .reduce((node, part) => node[part.replaceAll("~1", "/")], this.#document);
  }

  /** The schema with everything below it closed, itself left open for `allOf`. */
  #inside(schema) {
    if (!schema || typeof schema !== "object") return schema;
    const out = { ...schema };
    if (out.$ref?.startsWith("#/")) out.$ref = `https://contract.test/${out.$ref}`;
    if (out.properties) out.properties = mapValues(out.properties, (one) => this.#closed(this.#inside(one)));
    for (const key of ["items", "additionalProperties"]) if (out[key]) out[key] = this.#closed(this.#inside(out[key]));
    for (const key of ["allOf", "oneOf", "anyOf"]) if (out[key]) out[key] = out[key].map((one) => this.#inside(one));
    return out;
  }

  #closed(schema) {
    return schema && typeof schema === "object" && this.#namesItsMembers(schema) ? { ...schema, unevaluatedProperties: false } : schema;
  }

  /** Whether a schema lists members at all; one that does not is a free object or no object. */
  #namesItsMembers(schema) {
    if (schema.$ref) return this.#namesItsMembers(this.#resolve(schema.$ref.replace("https://contract.test/", "")));
    const parts = [...(schema.allOf ?? []), ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
    const objects = parts.filter((part) => part.type !== "null");
    return Boolean(schema.properties) || (objects.length > 0 && objects.every((part) => this.#namesItsMembers(part)));
  }
}

const mapValues = (object, change) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

const matcher = (template) =>
  new RegExp(
    `^${template
      .split(/\{[^}]+\}/)
      .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^/]+")}$`,
  );
