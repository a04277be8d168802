// Only on this machine itself, as in the demonstration, nothing is encrypted on its way.
import { setGlobalConfig } from '@openid4vc/oauth2'

if (location.protocol === 'http:' && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(location.hostname)) {
  setGlobalConfig({ allowInsecureUrls: true })
}
