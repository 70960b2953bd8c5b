// The truth as rows of texts, "" where nothing is known, and what every script needs.
import fs from 'node:fs'

export const out = process.env.OUT
const lines = fs.readFileSync(process.env.TRUTH, 'utf8').trim().split('\n').map((l) => l.split(','))
export const names = lines[0]
export const rows = lines.slice(1)
export const file = (name) => `${out}/${name}`
export const column = (name) => rows.map((r) => r[names.indexOf(name)])
// Values as a program would hold them: texts, a day at midnight UTC, numbers.
export const value = (name, s) => {
  if (s === '') return null
  if (name === 'first_registered') return new Date(s + 'T00:00:00Z')
  return name === 'mileage_km' || name === 'color' ? Number(s) : s
}
export const typed = rows.map((r) => r.map((s, i) => value(names[i], s)))
export const objects = typed.map((r) => Object.fromEntries(r.map((v, i) => [names[i], v])))

export async function writing(name, write) {
  try {
    await write(file(name))
  } catch (e) {
    console.error(`${name}: ${e.stack}`)
    process.exitCode = 1
  }
}
