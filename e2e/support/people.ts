// Invented people of an invented hospital. Each test takes one of its own, since an address makes one account.

export interface Person {
  firstName: string;
  lastName: string;
  /** Day, month, year. */
  born: [number, number, number];
  email: string;
  mobile: string;
  userType: '' | 'Training user' | 'Authoriser';
}

/** All of them. */
export const PEOPLE: Person[] = [];

// Everybody has a number of their own, of those that Ofcom keeps for drama: they count while the provider is a stand-in.
let numbers = 100;

const person = (name: string, more: Partial<Person> = {}): Person => {
  const [firstName = '', lastName = ''] = name.split(/ (.*)/);
  const address = name.toLowerCase().normalize('NFD').replaceAll(/[^a-z ]/g, '').replaceAll(' ', '.');
  const one: Person = {
    firstName,
    lastName,
    born: [27, 3, 1987],
    email: `${address}@northfield.example`,
    mobile: `07700 900${numbers++}`,
    userType: '',
    ...more,
  };
  PEOPLE.push(one);
  return one;
};

export const amina = person('Amina Khan');
export const tomasz = person('Tomasz Wiśniewski');
export const grace = person('Grace Okafor');
export const sean = person('Seán O’Brien', { born: [29, 2, 1992] });
export const u = person('U Thant');
export const megan = person('Megan Llewellyn-Price');
export const li = person('Li Wei');
export const fatima = person('Fatima Al-Sayed');
export const noah = person('Noah Bennett');
export const kwame = person('Kwame Mensah');
export const ines = person('Inês Duarte');
export const ottoline = person('Ottoline Pryce');
export const zofia = person('Zofia Lis');
export const owen = person('Owen Hale');
export const beatriz = person('Beatriz Rocha');
export const chidi = person('Chidi Eze');
export const ngozi = person('Ngozi Adeyemi');
export const chloe = person('Chloë Dubois');
export const gethin = person('Gethin Price');
export const priya = person('Priya Sharma');
export const dilys = person('Dilys Parry');
export const ifor = person('Ifor Griffiths');
export const rosalind = person('Rosalind Achterberg');
export const nadia = person('Nadia Rahman');
export const seren = person('Seren Bowen');
export const aneurin = person('Aneurin Lloyd');
export const olwen = person('Olwen Pritchard');
export const rhys = person('Rhys Morgan');
export const ada = person('Ada Mensah');
export const niamh = person('Niamh Gallagher');
export const omar = person('Omar Haddad');
export const ewa = person('Ewa Nowak');
export const pavel = person('Pavel Novák');
export const zara = person('Zara Hussain');
export const sunita = person('Sunita Rao');
export const idris = person('Idris Bello');
export const marged = person('Marged Tudor');
export const yusuf = person('Yusuf Demir');
export const hana = person('Hana Kovács');
export const leila = person('Leila Farouk');
export const bronwen = person('Bronwen Hughes');
export const mateusz = person('Mateusz Zając');
export const emrys = person('Emrys Vaughan');
export const carys = person('Carys Ellis');
export const gwilym = person('Gwilym Rowlands');
export const mirela = person('Mirela Ionescu');
export const tegan = person('Tegan Humphreys');
export const lowri = person('Lowri Bevan');
export const dafydd = person('Dafydd Probert');
export const imogen = person('Imogen Castle');
export const tariq = person('Tariq Aziz');
export const elin = person('Elin Jenkins');
export const bogdan = person('Bogdan Popa');
export const heulwen = person('Heulwen Rees');
export const marcus = person('Marcus Adeyinka');
export const saoirse = person('Saoirse Byrne');
export const joaquim = person('Joaquim Teles');
export const mali = person('Mali Gwynne');
export const oskar = person('Oskar Lind');
export const angharad = person('Angharad Mostyn');
export const cerys = person('Cerys Bowyer');
export const eluned = person('Eluned Maddox');
export const teilo = person('Teilo Rees');
export const mair = person('Mair Probert');
export const nerys = person('Nerys Beynon');
export const idwal = person('Idwal Dafis');
export const eirlys = person('Eirlys Pugh');
export const tomos = person('Tomos Gittins');
export const gwenllian = person('Gwenllian Hopcyn');
export const briallen = person('Briallen Wynne');
export const cadell = person('Cadell Ifans');
export const esyllt = person('Esyllt Parry');
export const dyddgu = person('Dyddgu Morgan');
export const hedd = person('Hedd Emrys');
export const aled = person('Aled Gwyther');
export const nia = person('Nia Caradog');
export const gwawr = person('Gwawr Meredydd');
export const merfyn = person('Merfyn Prothero');
export const bryn = person('Bryn Southmere', { email: 'bryn.southmere@southmere.example' });
export const luned = person('Luned Pugh');
export const mererid = person('Mererid Prosser');
export const ithel = person('Ithel Vaughan');
export const [gwen, owena] = [person('Gwen Parri'), person('Owena Parri')];
export const [huw, siwan] = [person('Huw Southmere', { email: 'huw@southmere.example' }), person('Siwan Southmere', { email: 'siwan@southmere.example' })];
export const [betsan, elystan] = [person('Betsan Howell'), person('Elystan Howell')];
export const [ffraid, macsen] = [person('Ffraid Cadwaladr'), person('Macsen Treharne')];
export const ynyr = person('Ynyr Fychan');
export const ravi = person('Ravi Patel', { userType: 'Training user' });

/** The roster as an employer writes it. */
export const roster = (): string => rosterOf(PEOPLE.filter(({ email }) => email.endsWith('@northfield.example')));

/** The roster of these people, as an employer writes it. */
export function rosterOf(people: Person[]): string {
  const columns = ['first name', 'last name', 'date of birth', 'email', 'phone', 'staff group', 'job role'];
  const rows = people.map(({ firstName, lastName, born: [day, month, year], email, mobile, userType }) => {
    const iso = [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-');
    const group = 'Nursing and Midwifery Registered';
    return [firstName, lastName, iso, email, mobile, group, 'Staff Nurse', 'Permanent or fixed term', 'Current employee', '', userType];
  });
  const heading = [...columns, 'employment type', 'employment status', 'esr number', 'user type'];
  return [heading, ...rows].map((row) => row.join(',')).join('\n') + '\n';
}
