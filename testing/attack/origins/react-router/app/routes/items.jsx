export function loader() {
  return { public: true };
}

export default function Page() {
  return <p>public</p>;
}
