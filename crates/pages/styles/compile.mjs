// Compiles application.scss to standard output. Called by the build, with what tools/frontend fetched.
import { fileURLToPath } from 'node:url'
import { compile } from '../frontend/node_modules/sass/sass.node.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const { css } = compile(here('application.scss'), { loadPaths: [here('../frontend')], style: 'compressed', charset: false })
process.stdout.write(css)
