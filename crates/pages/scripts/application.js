// The pages work without this. It adds what saves a click: the show-password button, focus on the error summary,
// and no second submission of a form that was double-clicked.
import {
  Button,
  createAll,
  ErrorSummary,
  NotificationBanner,
  PasswordInput,
  SkipLink
} from '/assets/nhsuk-frontend.js'

document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')

for (const component of [Button, ErrorSummary, NotificationBanner, PasswordInput, SkipLink]) {
  createAll(component)
}
