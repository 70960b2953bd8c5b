// A validator and reader of Frictionless Data Packages, by the schema in the package.
import datapackage from 'datapackage';

/** The resource's rows as the schema casts them, with its keys checked. An invalid package is an error. */
export const frictionless = async (dir, name) => {
  const { valid, errors } = await datapackage.validate(`${dir}/datapackage.json`);
  if (!valid) throw new Error(`datapackage.json is not valid: ${errors[0].message}`);
  const p = await datapackage.Package.load(`${dir}/datapackage.json`);
  const resource = p.getResource(name);
  let rows;
  try {
    rows = await resource.read({ relations: true });
  } catch (e) {
    throw new Error(e.errors?.[0]?.message ?? e.message);
  }
  const fields = resource.schema.fields;
  return { columns: fields.map(f => f.name), rows: rows.map(r => fields.map((f, i) => cell(f, r[i]))) };
};
const two = n => String(n).padStart(2, '0');
const cell = (f, v) => {
  if (v === null || v === undefined) return null;
  if (f.type === 'date') return { d: `${v.getFullYear()}-${two(v.getMonth() + 1)}-${two(v.getDate())}` };
  if (v instanceof Date) return { m: String(BigInt(v.getTime()) * 1000n) };
  if (typeof v === 'number') return { n: String(v) };
  return Array.isArray(v) || typeof v !== 'object' ? v : v[f.name]; // the row that a key refers to
};
